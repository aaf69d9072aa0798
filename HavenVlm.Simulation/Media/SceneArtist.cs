namespace HavenVlm.Simulation.Media;

/// <summary>Draws the frames of a script: a backdrop per shot, drifting clouds, the figures of the visible tags, and the stamp.</summary>
internal sealed class SceneArtist
{
    // Grayish on purpose: no backdrop comes near a color of the legend. Bright and dusky ones take turns, so that a cut is one to an encoder too.
    private static readonly (Rgb Sky, Rgb Horizon, Rgb Ground)[] Palettes =
    [
        (new(178, 196, 214), new(226, 224, 214), new(166, 172, 154)),
        (new(112, 104, 112), new(156, 140, 132), new(92, 86, 84)),
        (new(214, 200, 190), new(238, 230, 218), new(188, 178, 164)),
        (new(96, 106, 120), new(138, 146, 150), new(78, 84, 84)),
    ];

    private readonly SampleScript _script;
    private readonly Canvas _canvas;
    private readonly Canvas[] _backdrops;
    private readonly int[] _places;
    private readonly int _placeCount;

    public SceneArtist(SampleScript script)
    {
        _script = script;
        _canvas = new Canvas(script.Width, script.Height);
        _backdrops = [.. Palettes.Take(Math.Min(Palettes.Length, script.Cuts.Count + 1)).Select(Backdrop)];
        _places = new int[script.Events.Count];
        _placeCount = Math.Max(AssignPlaces(), 2);
    }

    /// <summary>The frame of a moment; overwritten by the next call.</summary>
    public Canvas Draw(TimeSpan time)
    {
        var shown = _script.Shown(time);
        var seconds = shown.TotalSeconds;
        var shot = _script.Cuts.Count(cut => cut <= shown);
        _canvas.CopyFrom(_backdrops[shot % _backdrops.Length]);
        DrawClouds(seconds);
        for (var i = 0; i < _script.Events.Count; i++)
        {
            if (_script.Events[i].Span.Contains(shown))
            {
                DrawFigures(_script.Events[i].Tag, _places[i], shot, seconds);
            }
        }

        DrawStamp(new FrameStamp(_script.Number, shown));
        return _canvas;
    }

    private Canvas Backdrop((Rgb Sky, Rgb Horizon, Rgb Ground) palette)
    {
        var canvas = new Canvas(_script.Width, _script.Height);
        var horizon = _script.Height * 0.72;
        for (var y = 0; y < _script.Height; y++)
        {
            var color =
                y < horizon
                    ? palette.Sky.Toward(palette.Horizon, y / horizon)
                    : palette.Ground.Toward(palette.Horizon, 0.25 * (1 - ((y - horizon) / (_script.Height - horizon))));
            canvas.FillRectangle(0, y, _script.Width, y + 1, color);
        }

        var hill = palette.Ground.Toward(palette.Horizon, 0.55);
        for (var i = 0; i < 3; i++)
        {
            canvas.FillCircle(
                new Point(_script.Width * ((i * 0.42) + 0.1), horizon + (_script.Height * 0.22)),
                _script.Height * 0.38,
                hill
            );
        }

        canvas.FillRectangle(0, horizon, _script.Width, _script.Height, palette.Ground);
        return canvas;
    }

    private void DrawClouds(double seconds)
    {
        var cloud = new Rgb(240, 240, 238);
        for (var i = 0; i < 3; i++)
        {
            double x = ((((i * 0.37) + (seconds * (0.012 + (i * 0.006)))) % 1.3) - 0.15) * _script.Width,
                y = _script.Height * (0.1 + (0.07 * i)),
                r = _script.Height * 0.04;
            _canvas.DrawLine(new Point(x - (r * 1.6), y), new Point(x + (r * 1.6), y), r * 0.7, cloud);
            _canvas.FillCircle(new Point(x, y - (r * 0.5)), r, cloud);
        }
    }

    private void DrawFigures(string tag, int place, int shot, double seconds)
    {
        // Another shot shows the same people elsewhere, so a cut changes the whole picture.
        var column = (place + shot) % _placeCount;
        var size = Math.Min(_script.Height * 0.56, _script.Width * 0.85 / _placeCount);
        var feet = new Point(_script.Width * (column + 0.5) / _placeCount, _script.Height * 0.84);
        TagActs.Draw(_canvas, tag, feet, size, seconds);
    }

    private void DrawStamp(FrameStamp stamp)
    {
        var blocks = stamp.ToBlocks();
        double left = _script.Width * 0.05,
            block = _script.Width * 0.9 / (FrameStamp.Columns + 2),
            top = _script.Height * 0.885,
            row = _script.Height * 0.09 / FrameStamp.Rows;
        _canvas.FillRectangle(left, top, left + block, top + (row * FrameStamp.Rows), TagLegend.Anchor);
        var right = left + (block * (FrameStamp.Columns + 1));
        _canvas.FillRectangle(right, top, right + block, top + (row * FrameStamp.Rows), TagLegend.Anchor);
        for (var i = 0; i < blocks.Length; i++)
        {
            double x = left + (block * ((i % FrameStamp.Columns) + 1)),
                y = top + (row * (i / FrameStamp.Columns));
            _canvas.FillRectangle(x, y, x + block, y + row, blocks[i] ? new Rgb(246, 246, 246) : new Rgb(24, 24, 26));
        }
    }

    // Every event stands on the first place that no event overlapping it has taken.
    private int AssignPlaces()
    {
        var count = 0;
        for (var i = 0; i < _places.Length; i++)
        {
            var span = _script.Events[i].Span;
            var taken = Enumerable
                .Range(0, i)
                .Where(j => _script.Events[j].Span.Start < span.End && span.Start < _script.Events[j].Span.End)
                .Select(j => _places[j])
                .ToHashSet();
            _places[i] = Enumerable.Range(0, _places.Length).First(place => !taken.Contains(place));
            count = Math.Max(count, _places[i] + 1);
        }

        return count;
    }
}

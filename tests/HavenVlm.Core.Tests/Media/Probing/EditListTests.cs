using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Media.Probing;

/// <summary>Files whose edit list hides a part of what they store, as trimming without re-encoding leaves behind.</summary>
public sealed class EditListTests(MediaCorpus corpus) : IAsyncDisposable
{
    private const double Rate = 25;
    private readonly MediaParts _parts = new();

    [Theory]
    [InlineData("mp4", 5.0)]
    [InlineData("mov", 5.0)]
    [InlineData("mp4", 9.4)]
    [InlineData("mp4", 7.96)]
    public async Task A_film_trimmed_without_reencoding_is_seen_from_its_first_shown_picture(string extension, double start)
    {
        var path = await Trimmed(extension, start);

        var facts = await _parts.ProbeAsync(path);

        Assert.Equal(24 - start, facts.Duration.TotalSeconds, 0.05);
        Assert.Equal(TimeSpan.Zero, facts.StartOffset);
        await AssertShowsAsync(path, time => time + start);
    }

    [Theory]
    [InlineData("two", 11.0)]
    [InlineData("backward", 11.0)]
    [InlineData("twice", 8.0)]
    [InlineData("short", 3.0)]
    public async Task A_film_of_several_edits_shows_what_a_player_shows(string name, double length)
    {
        (double Length, double From)[] edits = name switch
        {
            "two" => [(5, 5), (6, 14)],
            "backward" => [(6, 14), (5, 5)],
            "twice" => [(4, 5), (4, 5)],
            _ => [(1, 3), (1, 12), (1, 21)],
        };
        var path = await Edited($"edits-{name}.mp4", edits);

        var facts = await _parts.ProbeAsync(path);

        Assert.Equal(length, facts.Duration.TotalSeconds, 0.05);
        await AssertShowsAsync(path, Stored);

        double Stored(double time)
        {
            foreach (var edit in edits)
            {
                if (time < edit.Length - 0.01)
                {
                    return edit.From + time;
                }

                time -= edit.Length;
            }

            throw new ArgumentOutOfRangeException(nameof(time));
        }
    }

    [Fact]
    public async Task A_film_that_begins_with_an_empty_edit_counts_from_its_first_picture()
    {
        var path = await Edited("edits-late.mp4", (2, -1), (10, 5));

        Assert.Equal(10, (await _parts.ProbeAsync(path)).Duration.TotalSeconds, 0.05);
        await AssertShowsAsync(path, time => time + 5);
    }

    [Fact]
    public async Task A_hole_between_edits_shifts_nothing_after_it()
    {
        var path = await Edited("edits-hole.mp4", (5, 5), (3, -1), (6, 14));

        var frames = await _parts.ExtractAsync(path, [.. Seconds(0.5, 4.5), .. Seconds(8.5, 13.5)], TimeSpan.FromSeconds(0.1));

        Assert.All(frames, frame => AssertNumber(frame, frame.Time.TotalSeconds + (frame.Planned.TotalSeconds < 5 ? 5 : 6)));
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private static IEnumerable<TimeSpan> Seconds(double from, double to, double step = 0.5)
    {
        for (var time = from; time <= to; time += step)
        {
            yield return TimeSpan.FromSeconds(time);
        }
    }

    private static void AssertNumber(VideoFrame frame, double stored)
    {
        Assert.Null(frame.Reason);
        Assert.Equal((int)Math.Round(stored * Rate), SampleVideo.NumberIn(frame.Signature!));
    }

    // In one run, and each time by itself, the ways that the product decodes.
    private async Task AssertShowsAsync(string path, Func<double, double> stored)
    {
        var end = (await _parts.ProbeAsync(path)).Duration.TotalSeconds;
        foreach (var step in ReleaseTier.Steps(0.2, 0.96, 2.52))
        {
            var times = Seconds(0, end - 0.04, step).ToList();
            var frames = await _parts.ExtractAsync(path, times, TimeSpan.FromSeconds(step / 4));

            Assert.Equal(times, frames.Select(frame => frame.Planned));
            foreach (var frame in frames)
            {
                Assert.InRange(Math.Abs((frame.Time - frame.Planned).TotalSeconds), 0, (step / 4) + 0.021);
                AssertNumber(frame, stored(frame.Time.TotalSeconds));
            }
        }

        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);
        foreach (var time in Seconds(0, end - 0.04, ReleaseTier.Step(1.52)))
        {
            var one = await _parts.Get<FrameExtractor>().ExtractOneAsync(input, facts, MediaParts.Pictures, time, CancellationToken.None);
            AssertNumber(one, stored(one.Time.TotalSeconds));
        }
    }

    private Task<string> Film(int bFrames) =>
        corpus.Make(
            $"edits-{bFrames}.mp4",
            24,
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-bf",
            $"{bFrames}",
            "-g",
            "200",
            "-sc_threshold",
            "0"
        );

    private Task<string> Trimmed(string extension, double start) =>
        corpus.Make(
            FormattableString.Invariant($"trimmed-{start}.{extension}"),
            async path =>
                await SampleVideo.MakeAsync(
                    "-ss",
                    FormattableString.Invariant($"{start}"),
                    "-i",
                    await Film(bFrames: 2),
                    "-c",
                    "copy",
                    path
                )
        );

    private Task<string> Edited(string name, params IReadOnlyList<(double Length, double From)> edits) =>
        corpus.Make(
            name,
            async path =>
            {
                File.Copy(await Film(bFrames: 0), path);
                await EditedFilm.WriteAsync(path, edits);
            }
        );
}

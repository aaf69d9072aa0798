using HavenVlm.Core.Markers;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Markers;

/// <summary>The design's rules worked out for every cell of the grid by itself, slowly and without intervals.</summary>
internal static class CellByCell
{
    public static MarkerSet Build(MarkerCase example)
    {
        var tags = example.Settings.Select(tag => Joined(example, tag)).ToArray();
        var markers = new List<MarkerSpan>();
        var sceneTags = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        for (var tag = 0; tag < tags.Length; tag++)
        {
            var settings = example.Settings[tag];
            var won = Enumerable.Range(0, example.Cells).Select(cell => tags[tag].Mask[cell] && Wins(example, tags, tag, cell)).ToArray();
            var kept = Runs(won).Where(run => MarkerCase.At(run.Length) >= settings.MinMarkerDuration).ToList();
            markers.AddRange(kept.Select(run => Marker(settings.Name, run, tags[tag].Confidence)));
            var total = MarkerCase.At(kept.Sum(run => run.Length));
            if (kept.Count > 0 && settings.RequiredDuration > TimeSpan.Zero && total >= settings.RequiredDuration)
            {
                sceneTags.Add(settings.Name, total);
            }
        }

        return new MarkerSet([.. markers.OrderBy(m => m.Start).ThenBy(m => m.Tag, StringComparer.Ordinal)], sceneTags);
    }

    private sealed record Cells(bool[] Mask, double?[] Confidence, double[] MeanOfSpan);

    private static Cells Joined(MarkerCase example, TagMarkerSettings tag)
    {
        var confidence = new double?[example.Cells];
        var mask = new bool[example.Cells];
        for (var cell = 0; cell < example.Cells; cell++)
        {
            var answer = example.Answers.LastOrDefault(a => MarkerCase.CellOf(a.Time) <= cell);
            var isLast = answer == example.Answers[^1];
            if (
                answer?.Tags is null
                || answer.Unknown.Contains(tag.Tag)
                || (isLast && cell >= MarkerCase.CellOf(answer.Time) + example.Interval)
            )
            {
                continue;
            }

            confidence[cell] = answer.Tags.GetValueOrDefault(tag.Tag);
            mask[cell] = answer.Tags.ContainsKey(tag.Tag) && confidence[cell] >= tag.Threshold;
        }

        foreach (var gap in Runs([.. mask.Select(on => !on)]))
        {
            var inside = gap.Start > 0 && gap.Start + gap.Length < example.Cells;
            if (inside && MarkerCase.At(gap.Length) < tag.MaxGap)
            {
                Array.Fill(mask, true, gap.Start, gap.Length);
            }
        }

        var means = new double[example.Cells];
        foreach (var run in Runs(mask))
        {
            Array.Fill(means, Mean(confidence, run), run.Start, run.Length);
        }

        return new Cells(mask, confidence, means);
    }

    private static bool Wins(MarkerCase example, Cells[] tags, int tag, int cell)
    {
        var category = example.Settings[tag].ExclusiveCategory;
        if (category is null)
        {
            return true;
        }

        var winner = Enumerable
            .Range(0, tags.Length)
            .Where(other =>
                string.Equals(example.Settings[other].ExclusiveCategory, category, StringComparison.Ordinal) && tags[other].Mask[cell]
            )
            .OrderByDescending(other => tags[other].MeanOfSpan[cell])
            .ThenBy(other => other)
            .First();
        return winner == tag;
    }

    private static MarkerSpan Marker(string name, (int Start, int Length) run, double?[] confidence) =>
        new(name, MarkerCase.At(run.Start), MarkerCase.At(run.Start + run.Length), Mean(confidence, run));

    private static double Mean(double?[] confidence, (int Start, int Length) run) =>
        confidence.Skip(run.Start).Take(run.Length).Average() ?? 0;

    private static IEnumerable<(int Start, int Length)> Runs(bool[] cells)
    {
        for (var start = 0; start < cells.Length; )
        {
            var end = start;
            while (end < cells.Length && cells[end])
            {
                end++;
            }

            if (end > start)
            {
                yield return (start, end - start);
            }

            start = end + 1;
        }
    }
}

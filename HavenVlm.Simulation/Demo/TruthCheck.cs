using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Demo;

/// <summary>One stretch of a tag: as it is in the video, as its marker in Stash says, or both.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Truth">As it is in the video; null = it is not there at all.</param>
/// <param name="Start">Where the marker begins, in seconds; null = there is no marker.</param>
/// <param name="End">Where the marker ends, in seconds; null = this Stash keeps no ends, or there is no marker.</param>
/// <param name="IsGood">Whether both agree within one frame interval.</param>
public sealed record MarkerCheck(string Tag, SampleSpan? Truth, double? Start, double? End, bool IsGood)
{
    /// <summary>The larger of the two ends' distances in seconds; null where one side is missing.</summary>
    public double? Deviation =>
        Truth is null || Start is null
            ? null
            : Math.Max(
                Math.Abs(Start.Value - Truth.Start.TotalSeconds),
                Math.Abs((End ?? Truth.End.TotalSeconds) - Truth.End.TotalSeconds)
            );
}

/// <summary>What one scene looks like in Stash, against the truth.</summary>
/// <param name="Scene">The scene.</param>
/// <param name="Markers">Every stretch, by tag and time.</param>
/// <param name="Problems">What differs otherwise; empty = nothing.</param>
public sealed record SceneCheck(DemoScene Scene, IReadOnlyList<MarkerCheck> Markers, IReadOnlyList<string> Problems)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsGood => Problems.Count == 0 && Markers.All(m => m.IsGood);
}

/// <summary>Compares what is in the simulated Stash with what is known to be in the videos.</summary>
public static class TruthCheck
{
    /// <summary>Every scene against the truth.</summary>
    public static IReadOnlyList<SceneCheck> Run(DemoEnvironment demo) =>
        [.. demo.Scenes.Select((scene, i) => Check(demo, scene, isFirst: i == 0))];

    /// <summary>Every image against the truth: what differs; empty = nothing.</summary>
    public static IReadOnlyList<string> RunImages(DemoEnvironment demo)
    {
        var library = demo.Stash.Library;
        var problems = new List<string>();
        foreach (var image in demo.Images)
        {
            string[] others = ReferenceEquals(image, demo.Images[0]) ? ["VLM_Tagged", DemoEnvironment.UsersTag] : ["VLM_Tagged"];
            var expected = image.Tags.Concat(others).Order(StringComparer.Ordinal).ToList();
            var present = library.Images[image.Id].TagIds.Select(id => library.Tags[id].Name).Order(StringComparer.Ordinal).ToList();
            if (!expected.SequenceEqual(present, StringComparer.Ordinal))
            {
                problems.Add($"{image.Kind} has {string.Join(", ", present)} instead of {string.Join(", ", expected)}");
            }
        }

        problems.AddRange(
            library
                .Galleries.Values.Where(gallery => !gallery.TagIds.IsEmpty)
                .Select(gallery => $"gallery {gallery.Title} keeps its request")
        );
        return problems;
    }

    private static SceneCheck Check(DemoEnvironment demo, DemoScene scene, bool isFirst)
    {
        var library = demo.Stash.Library;
        var isBroken = scene.Video.Script.Format == SampleFormat.Broken;
        var truth = isBroken ? new Dictionary<string, IReadOnlyList<SampleSpan>>(StringComparer.Ordinal) : scene.Video.Truth;
        var markers = library.MarkersOf(scene.Id).Where(m => !IsUsers(library, m)).ToList();
        var checks = truth
            .Keys.Union(markers.Select(m => library.Tags[m.PrimaryTagId].Name), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .SelectMany(tag =>
                Match(
                    tag,
                    truth.GetValueOrDefault(tag, []),
                    [.. markers.Where(m => library.Tags[m.PrimaryTagId].Name.Equals(tag, StringComparison.Ordinal))],
                    demo.Options
                )
            );
        string[] expected =
        [
            .. truth.Keys,
            isBroken ? "VLM_Errored" : "VLM_Tagged",
            .. isFirst ? [DemoEnvironment.UsersTag] : Array.Empty<string>(),
        ];
        return new SceneCheck(scene, [.. checks], [.. Problems(library, scene, expected, markers, isFirst)]);
    }

    private static IEnumerable<MarkerCheck> Match(
        string tag,
        IReadOnlyList<SampleSpan> truth,
        List<StashMarker> markers,
        DemoEnvironmentOptions options
    )
    {
        foreach (var span in truth)
        {
            var nearest = markers.MinBy(m => Math.Abs(m.Seconds - span.Start.TotalSeconds));
            if (nearest is null || Overlap(nearest, span) <= 0)
            {
                yield return new MarkerCheck(tag, span, null, null, IsGood: false);
                continue;
            }

            markers.Remove(nearest);
            var check = new MarkerCheck(tag, span, nearest.Seconds, nearest.EndSeconds, IsGood: true);
            var keepsEnds = options.Version >= StashVersion.Release28;
            yield return check with
            {
                IsGood = check.Deviation <= options.FrameInterval.TotalSeconds && nearest.EndSeconds is not null == keepsEnds,
            };
        }

        foreach (var extra in markers)
        {
            yield return new MarkerCheck(tag, null, extra.Seconds, extra.EndSeconds, IsGood: false);
        }
    }

    private static double Overlap(StashMarker marker, SampleSpan span) =>
        Math.Min(marker.EndSeconds ?? span.End.TotalSeconds, span.End.TotalSeconds) - Math.Max(marker.Seconds, span.Start.TotalSeconds);

    private static IEnumerable<string> Problems(
        StashLibrary library,
        DemoScene scene,
        string[] expected,
        List<StashMarker> markers,
        bool isFirst
    )
    {
        var tags = library.TagNamesOf(scene.Id);
        foreach (var missing in expected.Except(tags, StringComparer.Ordinal))
        {
            yield return $"the tag {missing} is missing";
        }

        foreach (var unexpected in tags.Except(expected, StringComparer.Ordinal))
        {
            yield return $"the tag {unexpected} is not right";
        }

        var family = library.FindTag("VLM");
        if (family is null || markers.Any(m => !m.TagIds.Contains(family.Id)))
        {
            yield return "a marker does not carry the tag VLM";
        }

        foreach (var tag in library.Tags.Values.Where(t => expected.Contains(t.Name, StringComparer.Ordinal) && IsOurs(t)))
        {
            if (!tag.IgnoreAutoTag || family is null || !tag.ParentIds.Contains(family.Id))
            {
                yield return $"the tag {tag.Name} is not under VLM, or Stash would tag by itself with it";
            }
        }

        if (
            isFirst
            && !library.MarkersOf(scene.Id).Any(m => IsUsers(library, m) && m is { Seconds: 5, Title: "The best moment", EndSeconds: null })
        )
        {
            yield return "the user's own marker was changed";
        }
    }

    private static bool IsOurs(StashTag tag) =>
        TagLegend.Tags.Contains(tag.Name, StringComparer.Ordinal)
        && !tag.Name.Equals(DemoEnvironment.TagThatWasThere, StringComparison.Ordinal);

    private static bool IsUsers(StashLibrary library, StashMarker marker) =>
        library.Tags[marker.PrimaryTagId].Name.Equals(DemoEnvironment.UsersTag, StringComparison.Ordinal);
}

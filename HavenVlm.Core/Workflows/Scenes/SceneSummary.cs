using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>What became of a scene in one line, as commands and the log say it.</summary>
internal static class SceneSummary
{
    /// <summary>Markers that a line names.</summary>
    public const int MarkersNamed = 5;

    /// <summary>The scene: <c>scene 12 "Title"</c>, without a title only its id.</summary>
    public static string Name(string sceneId, string title) => title.Length > 0 ? $"scene {sceneId} \"{title}\"" : $"scene {sceneId}";

    /// <summary><c>scene 12 "Title": 3 markers (Kissing 0:34-0:45, …), 2 tags, 41 requests, 58 s</c>.</summary>
    public static string Of(string sceneId, TagSceneOutput output) =>
        Name(sceneId, output.Title)
        + ": "
        + (IsSkipped(output) ? $"skipped: {output.Message}" : string.Join(", ", Parts(output)))
        + (IsSkipped(output) || output.Note.Length == 0 ? "" : $"; {output.Note}");

    private static bool IsSkipped(TagSceneOutput output) => output.Outcome is TagSceneOutcome.Skipped;

    private static IEnumerable<string> Parts(TagSceneOutput output)
    {
        var more = output.Markers > output.FirstMarkers.Count ? ", …" : "";
        var named = output.FirstMarkers.Count > 0 ? $" ({string.Join(", ", output.FirstMarkers)}{more})" : "";
        yield return TimeText.Count(output.Markers, "marker") + named;
        yield return TimeText.Count(output.Tags, "tag");
        yield return TimeText.Count(output.Requests, "request") + (output.Tokens is { } tokens ? $" ({tokens})" : "");
        yield return TimeText.Elapsed(output.Seconds);
        if (output.Unanswered > 0)
        {
            yield return $"{TimeText.Count(output.Unanswered, "frame")} unanswered";
        }

        switch (output.Outcome)
        {
            case TagSceneOutcome.Unchanged:
                yield return "nothing to change in Stash";
                break;
            case TagSceneOutcome.DryRun:
                yield return "dry run";
                break;
        }
    }
}

using System.Text.Json;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Media;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>Compares what the program knows about a scene with what the video really shows.</summary>
internal static class Answers
{
    // The frame taken may lie a quarter of the interval of two seconds beside its planned time.
    private static readonly TimeSpan Beside = TimeSpan.FromSeconds(0.6);

    /// <summary>
    /// Every answer is the truth about its moment, and what is not known says why: an answer that was made up of a failure would lack the tags
    /// that can be seen there. Returns how many were known and how many not.
    /// </summary>
    public static async Task<(int Known, int Unknown)> AssertTrueOrUnknownAsync(World world, string address, int sceneId, string video)
    {
        var script = SampleScripts.Find(video);
        var timeline = await world.GetAsync($"{address}/api/scenes/{sceneId}/timeline");
        var (known, unknown) = (0, 0);
        foreach (var answer in timeline.GetProperty("answers").EnumerateArray())
        {
            if (answer.TryGetProperty("continued", out var continued) && continued.ValueKind == JsonValueKind.True)
            {
                unknown++;
                continue;
            }

            var time = TimeSpan.FromSeconds(answer.GetProperty("t").GetDouble());
            if (!answer.TryGetProperty("tags", out var tags) || tags.ValueKind == JsonValueKind.Null)
            {
                Assert.NotEmpty(answer.GetProperty("unanswered").GetString()!);
                unknown++;
                continue;
            }

            known++;
            var isNearEdge = script.Events.Any(e => (e.Span.Start - time).Duration() < Beside || (e.Span.End - time).Duration() < Beside);
            if (!isNearEdge)
            {
                Assert.Equal(
                    script.TagsAt(time).Order(StringComparer.Ordinal),
                    tags.EnumerateObject().Select(tag => tag.Name).Order(StringComparer.Ordinal)
                );
            }
        }

        return (known, unknown);
    }

    /// <summary>Every marker lies over a moment at which its tag can be seen.</summary>
    public static void AssertNothingIsMadeUp(World world, int sceneId, string video)
    {
        var truth = SampleScripts.Find(video).Truth;
        foreach (var marker in world.Stash.Library.MarkersOf(sceneId))
        {
            var name = world.Stash.Library.Tags[marker.PrimaryTagId].Name;
            Assert.Contains(
                truth.TryGetValue(name, out var spans) ? spans : [],
                span => span.Start.TotalSeconds < (marker.EndSeconds ?? marker.Seconds) && span.End.TotalSeconds > marker.Seconds
            );
        }
    }

    /// <summary>A scene is done, or it has failed and says why; nothing in between. Whether it is done.</summary>
    public static bool AssertDoneOrErrored(World world, JsonElement status, int sceneId)
    {
        var tags = world.Stash.Library.TagNamesOf(sceneId);
        var failure = status
            .GetProperty("output")
            .GetProperty("failures")
            .EnumerateArray()
            .FirstOrDefault(each => each.GetProperty("sceneId").GetString() == $"{sceneId}");
        var isDone = failure.ValueKind == JsonValueKind.Undefined;
        Assert.Contains(isDone ? "VLM_Tagged" : "VLM_Errored", tags);
        Assert.DoesNotContain(isDone ? "VLM_Errored" : "VLM_Tagged", tags);
        Assert.DoesNotContain("VLM_TagMe", tags);
        if (!isDone)
        {
            Assert.NotEmpty(failure.GetProperty("reason").GetString()!);
        }

        return isDone;
    }
}

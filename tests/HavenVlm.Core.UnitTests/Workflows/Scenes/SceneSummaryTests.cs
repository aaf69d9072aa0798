using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.UnitTests.Workflows.Scenes;

public sealed class SceneSummaryTests
{
    private static readonly TagSceneOutput Tagged = new()
    {
        Outcome = TagSceneOutcome.Tagged,
        Title = "At the lake",
        Markers = 3,
        FirstMarkers = ["Kissing 0:34-0:45", "Hugging 1:02-1:10"],
        Tags = 2,
        Requests = 41,
        Seconds = 58.4,
    };

    [Fact]
    public void Names_the_scene_its_first_markers_and_what_it_cost() =>
        Assert.Equal(
            "scene 12 \"At the lake\": 3 markers (Kissing 0:34-0:45, Hugging 1:02-1:10, …), 2 tags, 41 requests, 58 s",
            SceneSummary.Of("12", Tagged)
        );

    [Fact]
    public void Counts_one_without_an_s_and_reports_what_is_not_known() =>
        Assert.Equal(
            "scene 12: 1 marker (Kissing 0:34-0:45), 1 tag, 1 request, 1 h 01 min, 4 frames unanswered; the rest is missing",
            SceneSummary.Of(
                "12",
                Tagged with
                {
                    Title = "",
                    Markers = 1,
                    FirstMarkers = ["Kissing 0:34-0:45"],
                    Tags = 1,
                    Requests = 1,
                    Seconds = 3661,
                    Unanswered = 4,
                    Note = "the rest is missing",
                }
            )
        );

    [Fact]
    public void Says_what_tokens_it_took_as_far_as_the_server_counts_them()
    {
        Assert.Contains(
            "41 requests (18,400 tokens in, 12,100 cached, 900 out)",
            SceneSummary.Of("12", Tagged with { Tokens = new TokenUsage(18_400, 12_100, 900) }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "(900 tokens out)",
            SceneSummary.Of("12", Tagged with { Tokens = new TokenUsage(null, null, 900) }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Says_why_a_scene_was_skipped() =>
        Assert.Equal(
            "scene 12: skipped: The scene is gone from Stash",
            SceneSummary.Of("12", new TagSceneOutput { Outcome = TagSceneOutcome.Skipped, Message = "The scene is gone from Stash" })
        );

    [Fact]
    public void Changes_are_named_in_the_words_of_the_page()
    {
        var start = TimeSpan.FromSeconds(34);
        var end = TimeSpan.FromSeconds(45.2);

        Assert.Equal(
            "add marker Kissing 0:34-0:45",
            new PublicationChange(PublicationChangeKind.MarkerCreated, "Kissing", start, end).ToText()
        );
        Assert.Equal(
            "move marker Kissing from 0:30-0:45 to 0:34-0:45",
            new PublicationChange(PublicationChangeKind.MarkerMoved, "Kissing", start, end, TimeSpan.FromSeconds(30), end).ToText()
        );
        Assert.All(
            Enum.GetValues<PublicationChangeKind>(),
            kind => Assert.DoesNotContain(kind.ToString(), Words(kind), StringComparison.Ordinal)
        );
        Assert.All(Enum.GetValues<PublicationChangeKind>(), kind => Assert.Contains("Kissing", Words(kind), StringComparison.Ordinal));
    }

    private static string Words(PublicationChangeKind kind) => new PublicationChange(kind, "Kissing").ToText();
}

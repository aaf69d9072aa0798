using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.Time.Testing;
using static HavenVlm.Tests.Shared.Frames;

namespace HavenVlm.Core.UnitTests.Analysis;

public sealed class AdoptedNamesTests
{
    private static readonly TimeSpan Quarter = TimeSpan.FromSeconds(0.5);

    [Theory]
    [InlineData("""{"tags":["Küssen"]}""")]
    [InlineData("""{"tags":[{"tag":"küssen","confidence":0.9}]}""")]
    [InlineData("""{"Küssen":0.9}""")]
    [InlineData("two people | Küssen")]
    [InlineData("Two people are outside. Küssen is clearly visible.")]
    public void An_alias_in_a_reply_is_its_tag(string content)
    {
        var reading = Read(content, new VlmTag("Kissing", "") { Aliases = ["Küssen"] }, new VlmTag("Hugging", ""));

        Assert.Equal(["Kissing"], reading.Tags.Keys);
        Assert.Equal(0, reading.UnknownTags);
    }

    [Fact]
    public void An_alias_never_takes_the_name_of_another_tag() =>
        Assert.Equal(
            ["Hugging"],
            Read("""{"tags":["Hugging"]}""", new VlmTag("Kissing", "") { Aliases = ["Hugging"] }, new VlmTag("Hugging", "")).Tags.Keys
        );

    [Fact]
    public void Names_nobody_asked_for_are_kept_with_their_confidence_few_and_short()
    {
        var many = string.Join(',', Enumerable.Range(0, 30).Select(i => $$"""{"tag":"other {{i}}","confidence":0.5}"""));
        var reading = Read(
            $$"""{"tags":[{"tag":"Küssen","confidence":0.8},"{{new string('x', 100)}}","line\nbreak",{{many}}]}""",
            new VlmTag("Kissing", "")
        );

        Assert.Equal(0.8, reading.UnknownNames["Küssen"]);
        Assert.Equal(8, reading.UnknownNames.Count);
        Assert.All(reading.UnknownNames.Keys, name => Assert.InRange(name.Length, 1, 60));
        Assert.True(reading.UnknownTags >= 32);
    }

    [Fact]
    public void Saved_answers_count_for_a_tag_once_its_alias_is_configured()
    {
        var record = Named(10, ("Küssen", 0.8), ("Something else", 0.7));
        var before = new AnswerTimeline([record], Tags("Kissing"), TagSelection.Multiple, "run-1").At(Seconds(10), Quarter);
        var after = new AnswerTimeline([record], [Alias("Kissing", "küssen")], TagSelection.Multiple, "run-1").At(Seconds(10), Quarter);

        Assert.Equal(0, before.ConfidenceOf(0));
        Assert.Equal(0.8, after.ConfidenceOf(0));
        Assert.False(after.IsMissing);
        Assert.Equal(["Something else"], Assert.Single(after.Records).Answer.UnknownNames.Keys);
    }

    [Fact]
    public void An_alias_of_a_tag_that_was_not_asked_for_answers_nothing()
    {
        var timeline = new AnswerTimeline([Named(10, ("Umarmung", 0.8))], [Alias("Hugging", "Umarmung")], TagSelection.Multiple, "run-1");

        Assert.True(timeline.At(Seconds(10), Quarter).IsMissing);
    }

    [Fact]
    public void With_one_tag_per_frame_the_one_that_was_asked_for_stays()
    {
        var both = Answered(10, Vocabulary("Kissing", "Hugging"), ("Hugging", 0.6));
        both = both with
        {
            Answer = both.Answer with { UnknownNames = new Dictionary<string, double>(StringComparer.Ordinal) { ["Küssen"] = 0.9 } },
        };
        IReadOnlyList<WantedTag> wanted = [Alias("Kissing", "Küssen"), .. Tags("Hugging")];
        var at = new AnswerTimeline([both], wanted, TagSelection.Single, "run-1").At(Seconds(10), Quarter);

        Assert.Equal((0, 0.6), (at.ConfidenceOf(0), at.ConfidenceOf(1)));
    }

    [Fact]
    public async Task The_log_keeps_the_names()
    {
        using var folder = new StoreFolder();
        var logs = new AnalysisLogs(folder.Store, new FakeTimeProvider());
        await using (var log = await logs.OpenAsync(Key, TestContext.Current.CancellationToken))
        {
            await log.AppendAsync(Named(10, ("Küssen", 0.81239)), TestContext.Current.CancellationToken);
        }

        var read = await logs.ReadStoredAsync(Key, TestContext.Current.CancellationToken);
        Assert.Equal(KeyValuePair.Create("Küssen", 0.8124), Assert.Single(Assert.Single(read.Records).Answer.UnknownNames));
    }

    [Theory]
    [InlineData(240, 240, "the model also named Küssen (240 x): ")]
    [InlineData(2, 8, "the model also named Küssen (2 x): ")]
    [InlineData(1, 8, null)]
    [InlineData(5, 500, null)]
    public void A_scene_says_which_names_came_often(int named, int answers, string? expected)
    {
        var counts = UnknownNames.In(Enumerable.Range(0, named).Select(i => Named(i, ("Küssen", 0.8))));
        var note = UnknownNames.NoteOf(counts, answers);

        Assert.Equal(expected is null, note is null);
        Assert.StartsWith(expected ?? "", note ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_are_summed_once_per_run_bounded_and_without_today_s_names()
    {
        using var folder = new StoreFolder();
        var store = new UnknownNameStore(folder.Store, new FakeTimeProvider());
        var token = TestContext.Current.CancellationToken;
        await store.AddAsync("1 a", Counts(("Küssen", 200), ("Other", 3)), token);
        await store.AddAsync("1 a", Counts(("Küssen", 200), ("Other", 3)), token);
        await store.AddAsync("2 b", Counts(("Küssen", 40)), token);
        await store.AddAsync("3 c", Counts([.. Enumerable.Range(0, 500).Select(i => ($"rare {i}", 1))]), token);

        var names = await store.ReadAsync(new HavenOptions(), token);
        Assert.Equal(200, names.Count);
        Assert.Equal(("Küssen", 240, 2), (names[0].Name, names[0].Answers, names[0].Scenes));
        var adopted = Configurations.Options("tags: { Kissing: { aliases: [küssen] } }");
        Assert.Equal("Other", (await store.ReadAsync(adopted, token))[0].Name);
    }

    private static Dictionary<string, int> Counts(params (string Name, int Count)[] counts) =>
        counts.ToDictionary(name => name.Name, name => name.Count, StringComparer.Ordinal);

    private static WantedTag Alias(string tag, string alias) => Tags(tag)[0] with { Aliases = [alias] };

    private static FrameRecord Named(double time, params (string Name, double Confidence)[] names)
    {
        var record = Answered(time, Vocabulary("Kissing"));
        return record with
        {
            Answer = record.Answer with
            {
                UnknownTags = names.Length,
                UnknownNames = names.ToDictionary(name => name.Name, name => name.Confidence, StringComparer.Ordinal),
            },
        };
    }

    private static PictureReading Read(string content, params VlmTag[] tags)
    {
        var parsed = ReplyParser.Parse(new ChatReply { Content = content }, new ReplyExpectation(new TagNames(tags), 1));
        return Assert.Single(parsed.Pictures)!;
    }
}

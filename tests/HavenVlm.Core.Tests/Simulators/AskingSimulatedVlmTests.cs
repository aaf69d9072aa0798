using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Prompting;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Vlm;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Tests.Simulators;

/// <summary>The product's own prompt, schema, pool and parser against the simulated server in each of its manners.</summary>
public sealed class AskingSimulatedVlmTests(SampleVideosFixture videos)
{
    public static TheoryData<ReplyStyle, int> Manners =>
        new(Enum.GetValues<ReplyStyle>().SelectMany(style => new[] { (style, 1), (style, 3) }));

    [Theory]
    [MemberData(nameof(Manners))]
    public async Task Whatever_the_manner_of_the_reply_the_answers_are_the_truth(ReplyStyle style, int framesPerRequest)
    {
        var behavior = new VlmBehavior { Replies = style, ThinkingTokens = 300 };
        await using var vlm = await SimulatedVlm.StartAsync(behavior);
        double[] seconds = [1, 4, 10, 26, 36, 42];
        var answers = await AskAsync(vlm, new VlmOptions { FramesPerRequest = framesPerRequest }, ConfidenceKind.Reported, seconds);
        for (var i = 0; i < seconds.Length; i++)
        {
            Assert.True(answers[i].Tags is not null, answers[i].Reason);
            var truth = SampleScripts.Find("park").TagsAt(TimeSpan.FromSeconds(seconds[i]));
            Assert.Equal(truth.Order(StringComparer.Ordinal), answers[i].Tags!.Keys.Order(StringComparer.Ordinal));
            Assert.All(answers[i].Tags!.Values, confidence => Assert.InRange(confidence, 0.8, 1));
        }
    }

    [Fact]
    public async Task Hundreds_of_tags_are_asked_by_ids_and_answered_with_the_truth()
    {
        await using var vlm = await SimulatedVlm.StartAsync();
        double[] seconds = [4, 26];
        var others = Enumerable.Range(1, 300).Select(i => new VlmTag($"Nothing like that {i}", "never there"));
        var answers = await AskAsync(vlm, new VlmOptions(), ConfidenceKind.Reported, seconds, others);
        for (var i = 0; i < seconds.Length; i++)
        {
            Assert.True(answers[i].Tags is not null, answers[i].Reason);
            var truth = SampleScripts.Find("park").TagsAt(TimeSpan.FromSeconds(seconds[i]));
            Assert.Equal(truth.Order(StringComparer.Ordinal), answers[i].Tags!.Keys.Order(StringComparer.Ordinal));
        }

        Assert.All(vlm.Log.Exchanges, exchange => Assert.Contains("t301", exchange.TagsAsked));
    }

    [Fact]
    public async Task Token_probabilities_become_confidences()
    {
        await using var vlm = await SimulatedVlm.StartAsync();
        var reported = await AskAsync(vlm, new VlmOptions(), ConfidenceKind.Reported, [4, 26]);
        var probable = await AskAsync(vlm, new VlmOptions(), ConfidenceKind.Logprobs, [4, 26]);
        for (var i = 0; i < reported.Count; i++)
        {
            Assert.Equal(ConfidenceKind.Logprobs, probable[i].Kind);
            foreach (var (tag, confidence) in reported[i].Tags!)
            {
                Assert.Equal(confidence, probable[i].Tags![tag], 2);
            }
        }
    }

    private async Task<IReadOnlyList<PictureAnswer>> AskAsync(
        SimulatedVlm vlm,
        VlmOptions options,
        ConfidenceKind confidence,
        double[] seconds,
        IEnumerable<VlmTag>? others = null
    )
    {
        var endpoint = new EndpointOptions { Name = "simulated", BaseUrl = vlm.BaseUrl };
        var settings = new SettingsSource(new HavenOptions { Vlm = options with { Endpoints = [endpoint] } });
        await using var services = new ServiceCollection().AddLogging().AddSingleton(settings).AddVlm().BuildServiceProvider();
        var question = new VlmQuestion
        {
            Model = "simulated-vlm",
            Tags = [.. others ?? [], .. TagLegend.Tags.Select(tag => new VlmTag(tag, TagLegend.DescriptionOf(tag)))],
            Confidence = confidence,
        };
        var pictures = await Task.WhenAll(
            seconds.Select(async t => new VlmPicture(TimeSpan.FromSeconds(t), await videos.FrameAsync("park", t)))
        );
        return await services.GetRequiredService<PictureAsker>().AskAsync(question, pictures, CancellationToken.None);
    }
}

using HavenVlm.Simulation.Demo;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Demo;

/// <summary>What the user chose for the demo.</summary>
internal sealed record DemoSettings
{
    /// <summary>Whether the demo ends when the work is done.</summary>
    public bool Exit { get; init; }

    /// <summary><c>old</c> or <c>new</c>.</summary>
    public string Stash { get; init; } = "new";

    /// <summary>Time that one answer of the model takes, in milliseconds.</summary>
    public int Latency { get; init; } = 50;

    /// <summary>Requests that a model server serves at once.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>Share of requests that go wrong, 0 to 1.</summary>
    public double Errors { get; init; }

    /// <summary>How the model replies, one of <see cref="ReplyNames"/>.</summary>
    public string Replies { get; init; } = "json";

    /// <summary><c>linear</c> or <c>adaptive</c>.</summary>
    public string Sampling { get; init; } = "adaptive";

    /// <summary>The words for the ways to reply.</summary>
    public static IReadOnlyDictionary<string, ReplyStyle> ReplyNames { get; } =
        new Dictionary<string, ReplyStyle>(StringComparer.Ordinal)
        {
            ["json"] = ReplyStyle.Json,
            ["json-object"] = ReplyStyle.JsonObjectOnly,
            ["no-schema"] = ReplyStyle.NoResponseFormat,
            ["plain"] = ReplyStyle.PlainText,
            ["reasoning"] = ReplyStyle.ReasoningContent,
            ["thinking"] = ReplyStyle.Thinking,
            ["think-tags"] = ReplyStyle.ThinkTags,
            ["boxes"] = ReplyStyle.BoxTokens,
            ["fences"] = ReplyStyle.Fences,
        };

    public DemoEnvironmentOptions ToEnvironmentOptions() =>
        new()
        {
            Version = Stash.Equals("old", StringComparison.Ordinal) ? StashVersion.Old2023 : StashVersion.New2026,
            Sampling = Sampling,
            WithImages = true,
            MaxConcurrent = Slots,
            // What goes wrong on one is tried on the other, as with real ones.
            Servers = Errors > 0 ? 2 : 1,
            Vlm = new VlmBehavior
            {
                Replies = ReplyNames[Replies],
                Latency = TimeSpan.FromMilliseconds(Latency),
                Jitter = TimeSpan.FromMilliseconds(Latency / 4.0),
                Slots = Slots,
                // Fits into the usual token budget, so that thinking shows without spoiling the demo.
                ThinkingTokens = 400,
                Faults = Faults(),
            },
        };

    // What goes well at the second try. A refusal or a reply that is cut off is the model's last word on a picture, wherever it is asked.
    private Dictionary<VlmFault, double> Faults()
    {
        VlmFault[] kinds =
        [
            VlmFault.ServerError,
            VlmFault.RateLimit,
            VlmFault.BareRateLimit,
            VlmFault.Reset,
            VlmFault.Empty,
            VlmFault.Garbage,
        ];
        return Errors > 0 ? kinds.ToDictionary(kind => kind, _ => Errors / kinds.Length) : [];
    }
}

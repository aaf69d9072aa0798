using System.Text.Json.Nodes;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Configuration;

/// <summary>Whether the reply is asked for by a JSON schema.</summary>
public enum StructuredOutput
{
    /// <summary>Tried once per endpoint; what the endpoint can is remembered.</summary>
    Auto,

    /// <summary>Always asked for.</summary>
    On,

    /// <summary>Never asked for.</summary>
    Off,
}

/// <summary>How many tags a frame may have.</summary>
public enum TagSelection
{
    /// <summary>Every tag that applies.</summary>
    Multiple,

    /// <summary>At most the best one.</summary>
    Single,
}

/// <summary>The model, its endpoints and how it is asked.</summary>
public sealed record VlmOptions
{
    /// <summary>Model name sent to endpoints that have none of their own.</summary>
    public string Model { get; init; } = "";

    /// <summary>The OpenAI-compatible servers that share the work; names are unique.</summary>
    public IReadOnlyList<EndpointOptions> Endpoints { get; init; } = [];

    /// <summary>Pictures in one request, 1 to 32.</summary>
    [Between(1, 32)]
    public int FramesPerRequest { get; init; } = 1;

    /// <summary>Longest side of a picture sent, in pixels, 64 to 4096.</summary>
    [Between(64, 4096)]
    public int MaxImageSize { get; init; } = 768;

    /// <summary>Sampling temperature, 0 to 2.</summary>
    [Between(0, 2)]
    public double Temperature { get; init; }

    /// <summary>Token budget of one picture's answer, 16 to 32768.</summary>
    [Between(16, 32768)]
    public int MaxTokens { get; init; } = 512;

    /// <summary>Whether the reply is asked for by a JSON schema.</summary>
    public StructuredOutput StructuredOutput { get; init; } = StructuredOutput.Auto;

    /// <summary>Where a confidence comes from.</summary>
    public ConfidenceKind Confidence { get; init; } = ConfidenceKind.Reported;

    /// <summary>Confidence of a tag that is named without one, above 0 to 1.</summary>
    [Between(0, 1, AboveMinimum = true)]
    public double FixedConfidence { get; init; } = 0.99;

    /// <summary>How many tags a frame may have.</summary>
    public TagSelection Selection { get; init; } = TagSelection.Multiple;

    /// <summary>Own prompt template with <c>{tags}</c> and <c>{frameCount}</c>; empty = the built-in one.</summary>
    [Text(TextKind.Prompt)]
    public string Prompt { get; init; } = "";

    /// <summary>A scene whose endpoints have all been away this long, counted from the last answer, fails; empty = wait forever.</summary>
    [DurationRange("1s", "365d")]
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>A request that waited so long for a primary endpoint's slot may use a fallback; empty = only when no primary is healthy.</summary>
    [DurationRange("100ms", "1h")]
    public TimeSpan? OverflowAfter { get; init; }

    /// <summary>Share of a scene's wanted frames that may stay unanswered, 0 to 1; more, and the scene fails.</summary>
    [Percent]
    public double MaxUnanswered { get; init; } = 0.10;

    /// <summary>Provider parameters added to every request body.</summary>
    public JsonObject ExtraBody { get; init; } = [];
}

/// <summary>One OpenAI-compatible server.</summary>
public sealed record EndpointOptions
{
    /// <summary>Unique name, for status and logs.</summary>
    [Mandatory, Text(TextKind.Name)]
    public string Name { get; init; } = "";

    /// <summary>Address up to and including <c>/v1</c>.</summary>
    [Mandatory, Text(TextKind.Address)]
    public string BaseUrl { get; init; } = "";

    /// <summary>Bearer key; empty = none. A secret.</summary>
    [Secret, Text(TextKind.HeaderValue)]
    public string ApiKey { get; init; } = "";

    /// <summary>Model name for this endpoint; empty = <see cref="VlmOptions.Model"/>.</summary>
    public string Model { get; init; } = "";

    /// <summary>Share of the work relative to the others, 1 to 1000.</summary>
    [Between(1, 1000)]
    public int Weight { get; init; } = 1;

    /// <summary>Requests at once, 1 to 1000, kept strictly; empty = found by adapting.</summary>
    [Between(1, 1000)]
    public int? MaxConcurrent { get; init; }

    /// <summary>Used only while no other endpoint is healthy, or on overflow.</summary>
    public bool IsFallback { get; init; }

    /// <summary>How long one request may take. The first after the endpoint was away may take ten minutes, so that its model can load.</summary>
    [DurationRange("1s", "1h")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Local hours of use such as <c>22:00-08:00</c>, several separated by commas; empty = always.</summary>
    [Text(TextKind.Hours)]
    public string Hours { get; init; } = "";

    /// <summary>Provider parameters added to this endpoint's request bodies.</summary>
    public JsonObject ExtraBody { get; init; } = [];
}

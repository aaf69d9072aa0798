using System.Text.Json.Serialization;
using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Core.Analysis.Learning;

/// <summary>What the answers of one model to one question have come to so far.</summary>
/// <param name="Number">Goes up with every scene that adds to it; 0 = nothing.</param>
/// <param name="Statistics">Sums over all scenes.</param>
internal sealed record Learned(int Number, SmoothingStatistics Statistics)
{
    /// <summary>Before the first scene.</summary>
    public static Learned Nothing { get; } = new(0, new SmoothingStatistics());
}

/// <summary>The artifact that keeps <see cref="Learned"/>.</summary>
internal sealed record LearnedSums
{
    public const int CurrentVersion = 1;

    private const int TokensKept = 256;

    /// <summary>Layout.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Tells these sums from others that were begun after these were lost.</summary>
    public required string Epoch { get; init; }

    public int Number { get; init; }

    public required SmoothingStatistics Statistics { get; init; }

    /// <summary>The latest additions: each is made once, however often it is tried.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    [JsonIgnore]
    public bool IsSound => Version is > 0 and <= CurrentVersion && Number >= 0 && Statistics.IsSound();

    /// <summary>The sums with a scene's pending addition.</summary>
    public LearnedSums With(SceneCounts scene)
    {
        var sums = scene.Epoch == Epoch ? Statistics.Plus(scene.Added, -1) : Statistics;
        return this with
        {
            Number = Number + 1,
            Statistics = sums.Plus(scene.Pending!),
            Tokens = [.. Tokens.TakeLast(TokensKept - 1), scene.Token],
        };
    }
}

/// <summary>The artifact that keeps what one scene adds.</summary>
internal sealed record SceneCounts
{
    public int Version { get; init; } = LearnedSums.CurrentVersion;

    /// <summary>The sums that <see cref="Added"/> is in; empty = none.</summary>
    public string Epoch { get; init; } = "";

    /// <summary>What is in the sums.</summary>
    public SmoothingStatistics Added { get; init; } = new();

    /// <summary>What is to be in the sums instead; null = nothing is open.</summary>
    public SmoothingStatistics? Pending { get; init; }

    /// <summary>Names the pending addition.</summary>
    public string Token { get; init; } = "";

    [JsonIgnore]
    public bool IsSound => Version is > 0 and <= LearnedSums.CurrentVersion && Added.IsSound() && Pending?.IsSound() != false;
}

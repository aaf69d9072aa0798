namespace HavenVlm.Core.Common;

/// <summary>Where a confidence comes from.</summary>
/// <remarks>The setting says which kind is wanted, each logged answer which kind it has. A new member needs a new version of the log.</remarks>
public enum ConfidenceKind
{
    /// <summary>The number that the model writes into its reply.</summary>
    Reported,

    /// <summary>The probability of the reply's tokens.</summary>
    Logprobs,

    /// <summary><see cref="Configuration.VlmOptions.FixedConfidence"/> for every tag named.</summary>
    Fixed,
}

namespace HavenVlm.Core.Common;

/// <summary>What kind of number a confidence is.</summary>
public enum ConfidenceKind
{
    /// <summary>Written by the model.</summary>
    Reported,

    /// <summary>Probability of the reply's tokens.</summary>
    Logprobs,

    /// <summary>The configured constant.</summary>
    Fixed,
}

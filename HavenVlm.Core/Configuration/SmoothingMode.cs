namespace HavenVlm.Core.Configuration;

/// <summary>What becomes of answers that the model probably got wrong.</summary>
public enum SmoothingMode
{
    /// <summary>They are smoothed out as far as errors of the model have been seen.</summary>
    Auto,

    /// <summary>Every answer counts as it is.</summary>
    Off,
}

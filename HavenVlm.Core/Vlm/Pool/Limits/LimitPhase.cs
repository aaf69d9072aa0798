namespace HavenVlm.Core.Vlm.Pool.Limits;

/// <summary>What a <see cref="LimitController"/> is doing.</summary>
internal enum LimitPhase
{
    /// <summary>It seeks the number beyond which nothing is gained.</summary>
    Climbing,

    /// <summary>It has found the number and watches.</summary>
    Resting,

    /// <summary>It tries a few more than the number found.</summary>
    Probing,

    /// <summary>The server became slower: it tries whether fewer do the same now.</summary>
    Descending,

    /// <summary>The server refused requests: it seeks the highest number that is not refused.</summary>
    Recovering,
}

namespace HavenVlm.Simulation.Stash;

/// <summary>Which requests a fault strikes.</summary>
public enum StashFaultScope
{
    /// <summary>Every request.</summary>
    All,

    /// <summary>Requests to <c>/graphql</c>.</summary>
    GraphQl,

    /// <summary>Requests for videos and pictures.</summary>
    Media,
}

/// <summary>How often and when a request is carried out.</summary>
public enum StashExecution
{
    /// <summary>Once, before it is answered.</summary>
    Once,

    /// <summary>The connection is cut at once; the request is carried out by <see cref="SimulatedStash.CarryOutLateAsync"/>.</summary>
    Late,

    /// <summary>Twice, as behind a proxy that repeats it; the second answer is sent.</summary>
    Twice,

    /// <summary>It is answered, and carried out again by <see cref="SimulatedStash.CarryOutLateAsync"/>.</summary>
    AgainLate,
}

/// <summary>Something that goes wrong on the way to the simulated Stash or back. What it executes is executed; only the answer suffers, unless it says otherwise.</summary>
public sealed record StashFault
{
    /// <summary>Cut the connection before anything is read or done.</summary>
    public bool Refuse { get; init; }

    /// <summary>Answer with this HTTP status and do nothing: 401, 422, 500…</summary>
    public int? Status { get; init; }

    /// <summary>With <see cref="Status"/>: the header <c>Retry-After</c> as it is sent; null = none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Wait so long before anything is done.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>End the answer after so many bytes of its body as if it were complete.</summary>
    public long? TruncateAfter { get; init; }

    /// <summary>Cut the connection after so many bytes of the answer's body.</summary>
    public long? DropAfter { get; init; }

    /// <summary>How often and when the request is carried out.</summary>
    public StashExecution Execution { get; init; }

    /// <summary>Strikes only requests whose body contains this; empty = all.</summary>
    public string Containing { get; init; } = "";

    /// <summary>Which requests it strikes.</summary>
    public StashFaultScope Scope { get; init; }

    /// <summary>How many requests it strikes before it is over.</summary>
    public int Times { get; init; } = int.MaxValue;
}

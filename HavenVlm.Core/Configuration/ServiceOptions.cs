namespace HavenVlm.Core.Configuration;

/// <summary>How much happens at once.</summary>
public sealed record ConcurrencyOptions
{
    /// <summary>Scenes at once over all requests, 1 to 1000.</summary>
    [Between(1, 1000)]
    public int Scenes { get; init; } = 10;
}

/// <summary>When the library is looked through for request tags.</summary>
public sealed record SweepOptions
{
    /// <summary>NCRONTAB expression with six fields, in UTC on Azure and local time elsewhere.</summary>
    [Text(TextKind.Schedule)]
    public string Schedule { get; init; } = "0 */15 * * * *";

    /// <summary>Whether request tags are looked for without being told to, by the schedule and by watching.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>HavenVlm.Local looks at the request tags' counts this often; empty = never.</summary>
    [DurationRange("1s", "1d")]
    public TimeSpan? Watch { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Where collected examples go.</summary>
public sealed record ExportOptions
{
    /// <summary>Folder for exports; relative to the configuration file.</summary>
    [Text(TextKind.Folder)]
    public string OutputDir { get; init; } = "output_data";

    /// <summary>Whether a marker of ours that was collected as incorrect is deleted.</summary>
    public bool DeleteIncorrectMarkers { get; init; } = true;
}

/// <summary>Where answers, records and the journal are kept.</summary>
public sealed record StorageOptions
{
    /// <summary>Data folder; relative to the configuration file.</summary>
    [Text(TextKind.Folder)]
    public string DataDir { get; init; } = "data";

    /// <summary>How long ended instances stay readable.</summary>
    [DurationRange("1m", "3650d")]
    public TimeSpan KeepHistory { get; init; } = TimeSpan.FromDays(30);
}

/// <summary>The HTTP server of HavenVlm.Local.</summary>
public sealed record ServerOptions
{
    /// <summary>Address and port; port 0 = any free one.</summary>
    [Text(TextKind.ListenAddress)]
    public string Listen { get; init; } = "http://127.0.0.1:7071";

    /// <summary>Key for the HTTP API; empty = none on loopback, one is made beyond it. A secret.</summary>
    [Secret, Text(TextKind.HeaderValue)]
    public string ApiKey { get; init; } = "";

    /// <summary>Address under which others reach this service; empty = from the request.</summary>
    [Text(TextKind.OptionalAddress)]
    public string PublicUrl { get; init; } = "";

    /// <summary>
    /// On loopback: further host names, separated by commas, under which calls may come in, as from a reverse proxy; beside localhost and
    /// the host of publicUrl. Beyond loopback a key is needed and any name is answered.
    /// </summary>
    [Text(TextKind.HostNames)]
    public string AllowedHosts { get; init; } = "";
}

/// <summary>What is logged.</summary>
public sealed record LoggingOptions
{
    /// <summary>Trace, Debug, Information, Warning, Error or Critical.</summary>
    [Text(TextKind.Level)]
    public string Level { get; init; } = "Information";
}

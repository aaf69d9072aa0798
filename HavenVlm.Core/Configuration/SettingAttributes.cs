namespace HavenVlm.Core.Configuration;

/// <summary>What a text setting holds, beyond being text.</summary>
internal enum TextKind
{
    /// <summary>An <c>http</c> or <c>https</c> address.</summary>
    Address,

    /// <summary>The same, or empty.</summary>
    OptionalAddress,

    /// <summary>Address and port that a server listens on.</summary>
    ListenAddress,

    /// <summary>Names of hosts separated by commas, or empty.</summary>
    HostNames,

    /// <summary>Hours of the day, or empty.</summary>
    Hours,

    /// <summary>An NCRONTAB expression with six fields.</summary>
    Schedule,

    /// <summary>A level of logging.</summary>
    Level,

    /// <summary>A folder, not empty.</summary>
    Folder,

    /// <summary>A name that others refer to: not empty, no slash, no spaces around it.</summary>
    Name,

    /// <summary>A tag's name in Stash.</summary>
    TagName,

    /// <summary>The same, or empty.</summary>
    OptionalTagName,

    /// <summary>A key that is sent in a header, or empty.</summary>
    HeaderValue,

    /// <summary>One of ffmpeg's hardware decoders.</summary>
    Hwaccel,

    /// <summary>A prompt template, or empty.</summary>
    Prompt,
}

/// <summary>What a text setting holds.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextAttribute(TextKind kind) : Attribute
{
    public TextKind Kind { get; } = kind;
}

/// <summary>Smallest and largest number allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BetweenAttribute(double minimum, double maximum) : Attribute
{
    public double Minimum { get; } = minimum;

    public double Maximum { get; } = maximum;

    /// <summary>Whether the minimum itself is not allowed.</summary>
    public bool AboveMinimum { get; init; }
}

/// <summary>Shortest and longest duration allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationRangeAttribute(string minimum, string maximum) : Attribute
{
    public string Minimum { get; } = minimum;

    public string Maximum { get; } = maximum;
}

/// <summary>A share, written <c>10%</c> or <c>0.1</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PercentAttribute : Attribute;

/// <summary>The value is never printed.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;

/// <summary>The setting has no default and must be given wherever its group is.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MandatoryAttribute : Attribute;

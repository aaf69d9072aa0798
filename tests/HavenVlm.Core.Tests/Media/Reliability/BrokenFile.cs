namespace HavenVlm.Core.Tests.Media.Reliability;

/// <summary>A broken file and how it may end.</summary>
/// <param name="Name">Its name in its folder.</param>
/// <param name="Make">Puts it at a path.</param>
/// <param name="Reason">What the reason must say; null = it may also give pictures.</param>
internal sealed record BrokenFile(string Name, Func<string, Task> Make, string? Reason)
{
    /// <summary>Whether every second of it has to give a picture: it only looks strange.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether it is read as an image and not as a scene.</summary>
    public bool IsImage { get; init; }

    public override string ToString() => Name;
}

/// <summary>Where files that point elsewhere point to.</summary>
/// <param name="CanaryFile">A good film with a picture that no other file has.</param>
/// <param name="CanaryAddress">An address at which somebody listens.</param>
internal sealed record Elsewhere(string CanaryFile, string CanaryAddress);

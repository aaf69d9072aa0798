namespace HavenVlm.Tests.Shared;

/// <summary>Where the sample videos of all tests are kept from run to run.</summary>
internal static class SampleVideoFolder
{
    /// <summary>In the repository's artifacts, which git ignores.</summary>
    public static string Shared { get; } = Path.Combine(SourceFolder.Root, "artifacts", "sample-videos");
}

using System.Text.RegularExpressions;

namespace HavenVlm.Build.Testing;

/// <summary>The projects of a solution file.</summary>
internal static partial class Solution
{
    private const string Release = "Release|Any CPU";

    /// <summary>The test projects of the solution, unit tests first: what is quick tells early.</summary>
    /// <param name="file">Path of the solution file.</param>
    /// <param name="text">Its text.</param>
    public static IReadOnlyList<TestProject> TestProjects(string file, string text)
    {
        var folder = Path.GetDirectoryName(file)!;
        var built = Built().Matches(text).Where(match => match.Groups["configuration"].Value == Release);
        var inRelease = built.Select(match => match.Groups["id"].Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. Project()
                .Matches(text)
                .Select(match => new TestProject(
                    match.Groups["name"].Value,
                    Path.Combine([folder, .. match.Groups["path"].Value.Split('\\', '/')]),
                    inRelease.Contains(match.Groups["id"].Value)
                ))
                .Where(project => project.Name.EndsWith(".Tests", StringComparison.Ordinal) || project.IsUnitTests)
                .OrderByDescending(project => project.IsBuiltWithSolution)
                .ThenByDescending(project => project.IsUnitTests)
                .ThenBy(project => project.Name, StringComparer.Ordinal),
        ];
    }

    [GeneratedRegex(
        """^Project\("[^"]*"\) = "(?<name>[^"]+)", "(?<path>[^"]+\.csproj)", "(?<id>[^"]+)" *\r?$""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Project();

    [GeneratedRegex(
        @"^\s*(?<id>\{[^}]+\})\.(?<configuration>[^.]+)\.Build\.0 =",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Built();
}

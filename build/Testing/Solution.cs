using System.Text.RegularExpressions;

namespace HavenVlm.Build.Testing;

/// <summary>The projects of a solution file.</summary>
internal static partial class Solution
{
    /// <summary>The test projects of the solution, unit tests first: what is quick tells early.</summary>
    /// <param name="file">Path of the solution file.</param>
    /// <param name="text">Its text.</param>
    public static IReadOnlyList<TestProject> TestProjects(string file, string text)
    {
        var folder = Path.GetDirectoryName(file)!;
        return
        [
            .. Project()
                .Matches(text)
                .Select(match => new TestProject(
                    match.Groups["name"].Value,
                    Path.Combine([folder, .. match.Groups["path"].Value.Split('\\', '/')])
                ))
                .Where(project => project.Name.EndsWith(".Tests", StringComparison.Ordinal) || project.IsUnitTests)
                .OrderByDescending(project => project.IsUnitTests)
                .ThenBy(project => project.Name, StringComparer.Ordinal),
        ];
    }

    [GeneratedRegex(
        """^Project\("[^"]*"\) = "(?<name>[^"]+)", "(?<path>[^"]+\.csproj)", "(?<id>[^"]+)" *\r?$""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Project();
}

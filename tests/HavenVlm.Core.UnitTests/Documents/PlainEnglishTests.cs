using System.Text.RegularExpressions;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Documents;

/// <summary>Messages, comments and pages are written in plain technical English.</summary>
public sealed partial class PlainEnglishTests
{
    private static readonly string[] Folders =
    [
        "HavenVlm.Core",
        "HavenVlm.Local",
        "HavenVlm.Functions",
        "HavenVlm.Simulation",
        "build",
        "stash-plugin",
        "docs",
    ];

    private static readonly string[] Kinds = [".cs", ".js", ".py", ".html", ".yml", ".md"];

    [Fact]
    public void Nothing_that_people_read_uses_a_forbidden_phrase()
    {
        var found =
            from folder in Folders
            from file in Directory.EnumerateFiles(Path.Combine(SourceFolder.Root, folder), "*", SearchOption.AllDirectories)
            where Kinds.Contains(Path.GetExtension(file), StringComparer.Ordinal) && !IsLeftOut(file)
            from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
            where Forbidden().IsMatch(line.Text)
            select $"{Path.GetRelativePath(SourceFolder.Root, file)}:{line.Number}: {line.Text.Trim()}";

        // Joined, so that a failure shows every line.
        Assert.Equal("", string.Join('\n', found));
    }

    [Theory]
    [InlineData("The file can not be read.")]
    [InlineData("It waits for ever.")]
    [InlineData("Markers are made anew.")]
    [InlineData("Endpoint x needs to be set right")]
    [InlineData("Is told when a key is wrong.")]
    [InlineData("doctor tells of a file")]
    [InlineData("79 frames looked at")]
    [InlineData("Allowed is a whole number from 1 to 32.")]
    public void A_forbidden_phrase_is_found(string text) => Assert.Matches(Forbidden(), text);

    // The reply parser knows the words of models, good English or not.
    private static bool IsLeftOut(string file) =>
        file.Replace('\\', '/').Split('/') is var parts && (parts.Contains("obj") || parts.Contains("bin") || parts.Contains("Replies"));

    [GeneratedRegex(
        @"\b(can not|for ever|anew|needs to be set right|is told(?! apart)|tells of|looked at|Allowed is)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Forbidden();
}

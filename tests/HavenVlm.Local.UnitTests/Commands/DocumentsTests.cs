using System.CommandLine;
using System.Text.RegularExpressions;
using HavenVlm.Local.Commands;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.UnitTests.Commands;

/// <summary>Every command line in the documents is one that the program takes, and every link leads to a file.</summary>
public sealed partial class DocumentsTests
{
    private static readonly string[] OfTheScript = ["test", "bench", "publish", "soak"];

    private static readonly string Root = SourceFolder.Root;

    public static TheoryData<string> Documents() =>
        new(
            Directory
                .EnumerateFiles(Root, "*.md")
                .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
                .Select(file => Path.GetRelativePath(Root, file))
        );

    [Theory]
    [MemberData(nameof(Documents))]
    public void Command_lines_are_taken_by_the_parser(string document)
    {
        using var interruption = Interruption.Listen();
        var command = CommandLine.Create(CommandContext.OfProcess(), interruption);

        foreach (var line in Lines(File.ReadAllText(Path.Combine(Root, document))))
        {
            if (line.Split(' ') is [var first, ..] && OfTheScript.Contains(first, StringComparer.Ordinal))
            {
                Assert.True(
                    File.Exists(Path.Combine(Root, "build", "help", $"{first}.txt")),
                    $"{document}: there is no command haven {line}."
                );
                continue;
            }

            var parsed = command.Parse(Placeholders(line));
            if (line.Split(' ').All(word => word.All(c => char.IsAsciiLetterLower(c) || c == '-')))
            {
                // Nothing but its name: it is spoken of, not called.
                Assert.True(parsed.UnmatchedTokens.Count == 0, $"{document}: there is no command haven {line}.");
                continue;
            }

            Assert.True(parsed.Errors.Count == 0, $"{document}: haven {line}: {string.Join(' ', parsed.Errors.Select(e => e.Message))}");
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_to_files(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, document))!;
        var targets = Link().Matches(File.ReadAllText(Path.Combine(Root, document))).Select(match => match.Groups["target"].Value);

        foreach (var target in targets.Where(target => !target.Contains(':', StringComparison.Ordinal)))
        {
            var path = Path.Combine(folder, target.Split('#')[0]);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"{document} links {target}, which is not there.");
        }
    }

    [Fact]
    public void The_readme_has_command_lines() => Assert.InRange(Lines(File.ReadAllText(Path.Combine(Root, "README.md"))).Count(), 10, 100);

    private static IEnumerable<string> Lines(string text) =>
        Fenced()
            .Matches(text)
            .SelectMany(block => CommandInBlock().Matches(block.Value))
            .Concat(CommandInText().Matches(Fenced().Replace(text, "")))
            .Select(match => Comment().Replace(match.Groups["args"].Value, "").Trim())
            .Where(line => line.Length > 0 && char.IsAsciiLetterLower(line[0]) && !line.Contains('…', StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal);

    // What stands for something else: a number where a number belongs, and one of several spellings.
    private static string Placeholders(string line) => IdWord().Replace(line, "12").Replace("|", " ", StringComparison.Ordinal);

    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Singleline | RegexOptions.Multiline, 5000)]
    private static partial Regex Fenced();

    [GeneratedRegex(
        @"^\s*(docker compose (run --rm|exec haven) )?(\./)?haven (?<args>[^\n]*)$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        5000
    )]
    private static partial Regex CommandInBlock();

    [GeneratedRegex(@"`(docker compose (run --rm|exec haven) )?(\./)?haven (?<args>[^`\n]+)`", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex CommandInText();

    [GeneratedRegex(@"\s#.*$", RegexOptions.None, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bID\b", RegexOptions.None, 1000)]
    private static partial Regex IdWord();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Link();
}

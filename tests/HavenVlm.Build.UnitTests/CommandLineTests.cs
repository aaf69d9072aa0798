using System.CommandLine;
using HavenVlm.Build.Running;

namespace HavenVlm.Build.UnitTests;

public sealed class CommandLineTests
{
    private static readonly Repository Clone = Repository.Find(AppContext.BaseDirectory);

    [Theory]
    [InlineData("test")]
    [InlineData("bench")]
    [InlineData("soak")]
    [InlineData("publish")]
    public void Help_of_a_command_is_the_text_that_the_script_shows(string command)
    {
        var help = new StringWriter();
        Create().Parse([command, "--help"]).Invoke(new InvocationConfiguration { Output = help });

        AssertText($"{command}.txt", help.ToString().ReplaceLineEndings("\n").TrimEnd() + "\n");
    }

    [Fact]
    public void The_script_adds_every_command_to_its_help()
    {
        var commands = Create().Subcommands;
        var width = commands.Max(command => command.Name.Length);
        var lines = commands.Select(command => $"  {command.Name.PadRight(width)}  {command.Description}\n");

        AssertText("commands.txt", "For contributors, in a clone:\n" + string.Concat(lines));
        var script = File.ReadAllText(Clone.At("haven"));
        Assert.Contains($"\n    {string.Join(" | ", commands.Select(command => command.Name))})\n", script, StringComparison.Ordinal);
        Assert.All(
            commands,
            command => Assert.Contains($"\"%~1\"==\"{command.Name}\"", File.ReadAllText(Clone.At("haven.cmd")), StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("test")]
    [InlineData("test --unit")]
    [InlineData("test --all --project HavenVlm.Core.Tests --project HavenVlm.Local.Tests")]
    [InlineData("test --unit -- -class *PoolTests -namespace *.Markers")]
    [InlineData("test -class *PoolTests")]
    [InlineData("bench --full --only pool --only engine")]
    [InlineData("bench --micro --full")]
    [InlineData("soak --minutes 5")]
    [InlineData("soak --minutes=5")]
    [InlineData("publish linux-musl-arm64 some/folder")]
    public void Command_lines_are_accepted(string line) => Assert.Empty(Create().Parse(line.Split(' ')).Errors);

    [Theory]
    [InlineData("test --unit --all", "exclude each other")]
    [InlineData("test PoolTests", "follow --")]
    [InlineData("test --unti", "Unknown option --unti")]
    [InlineData("test --unit --help-me", "Unknown option --help-me")]
    [InlineData("test --project", "--project")]
    [InlineData("bench --micro --only pool", "--full only")]
    [InlineData("soak --minutes 0", "from 1")]
    [InlineData("soak --minutes half", "from 1")]
    [InlineData("soak 5", "'5'")]
    [InlineData("publish amiga", "Unknown system amiga: linux-x64")]
    [InlineData("publish linux-x64 folder another", "'another'")]
    public async Task Mistakes_are_named_without_the_whole_help(string line, string message)
    {
        var said = new StringWriter();
        // In no clone, so that a line accepted by mistake does nothing.
        var nowhere = new Repository(Path.Combine(Clone.Root, "nowhere"));
        var exitCode = await CommandLine.RunAsync(line.Split(' '), new Screen(said, said, isTerminal: false, TimeProvider.System), nowhere);

        Assert.Equal(2, exitCode);
        Assert.Contains(message, said.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"`./haven {line.Split(' ')[0]} --help` lists the options.", said.ToString().TrimEnd(), StringComparison.Ordinal);
        Assert.InRange(said.ToString().Trim().Split('\n').Length, 2, 4);
    }

    // Written again on purpose with HAVEN_WRITE_REFERENCE=1, as other references are.
    private static void AssertText(string name, string expected)
    {
        var file = Clone.At("build", "help", name);
        if (Environment.GetEnvironmentVariable("HAVEN_WRITE_REFERENCE") is "1")
        {
            File.WriteAllText(file, expected);
        }

        Assert.Equal(expected, File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "");
    }

    private static Command Create() => CommandLine.Create(new Screen(TextWriter.Null, TextWriter.Null, false, TimeProvider.System), Clone);
}

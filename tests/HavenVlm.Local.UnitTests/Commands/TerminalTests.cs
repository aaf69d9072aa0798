using HavenVlm.Local.Commands;

namespace HavenVlm.Local.UnitTests.Commands;

public sealed class TerminalTests
{
    private const string Hostile = "Scene \u001b]0;owned\u0007\u001b[2J\u202eevil\u009b1A";
    private const string Shown = @"Scene \u001b]0;owned\u0007\u001b[2J\u202eevil\u009b1A";

    [Fact]
    public void Text_of_others_does_not_steer_the_terminal()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, isInteractive: true);

        terminal.Print($"{Hostile}\nsecond");
        terminal.Note(Hostile);

        Assert.Equal([Shown, "second"], output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n'));
        Assert.Equal(Shown, error.ToString().TrimEnd());
    }

    [Fact]
    public void What_goes_into_a_file_stays_as_it_is()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        new Terminal(output, error, isInteractive: false).Print(Hostile);

        Assert.Equal(Hostile, output.ToString().TrimEnd());
    }
}

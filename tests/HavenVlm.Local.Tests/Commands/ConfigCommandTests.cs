using HavenVlm.Local.Commands;

namespace HavenVlm.Local.Tests.Commands;

public sealed class ConfigCommandTests
{
    private const string FiveMistakes = """
        stsh: { url: "http://x" }
        vlm:
          maxUnanswered: 200%
          endpoints:
            - { name: a, baseUrl: nowhere }
        video:
          frameInterval: [2s]
        sweep:
          schedule: hourly
        """;

    [Theory]
    [InlineData("config", "check")]
    [InlineData("serve")]
    [InlineData("tag")]
    [InlineData("doctor")]
    public async Task Five_mistakes_give_five_lines_and_exit_code_2(params string[] command)
    {
        using var place = new Workplace(FiveMistakes);

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, command);

        Assert.Equal(2, exitCode);
        Assert.Equal([1, 3, 5, 7, 9], haven.ErrorLines.Select(line => int.Parse(line.Split(':')[1])));
        Assert.All(haven.ErrorLines, line => Assert.StartsWith("haven.yaml:", line, StringComparison.Ordinal));
        Assert.Empty(haven.Output);
    }

    [Fact]
    public async Task The_file_is_found_by_option_and_by_variable()
    {
        using var place = new Workplace("video: { frameInterval: 3s }");
        var other = Path.Combine(place.Folder, "other.yaml");
        await File.WriteAllTextAsync(other, "video: { frameInterval: 4s }");

        Assert.Contains("\"3s\"", await ShowAsync(place, [], []), StringComparison.Ordinal);
        Assert.Contains("\"4s\"", await ShowAsync(place, ["--config", "other.yaml"], []), StringComparison.Ordinal);
        Assert.Contains("\"4s\"", await ShowAsync(place, [], [("HAVEN_CONFIG", other)]), StringComparison.Ordinal);
        Assert.Contains("\"5s\"", await ShowAsync(place, [], [("HavenVlm__Video__FrameInterval", "5s")]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        using var place = new Workplace();
        File.Delete(Path.Combine(place.Folder, "haven.yaml"));

        var (exitCode, _, error) = await RunAsync(place, ["config", "check"], []);

        Assert.Equal(2, exitCode);
        Assert.Equal("haven.yaml: no such file (`haven init` writes one; --config takes another)\n", error);
    }

    [Theory]
    [InlineData("", "Usage:")]
    [InlineData("config", "Usage:")]
    [InlineData("config chek", "Unknown command chek; did you mean check?")]
    [InlineData("teg --scene 1", "Unknown command teg; did you mean tag?")]
    [InlineData("everything", "Unknown command everything; there are ")]
    [InlineData("tag --scene abc", "`haven tag --help` shows what there is.")]
    [InlineData("config check extra", "`haven config check --help` shows what there is.")]
    public async Task Reports_a_wrong_command_line_in_a_line_or_two(string line, string expected)
    {
        using var place = new Workplace();

        var (exitCode, output, error) = await RunAsync(place, line.Split(' ', StringSplitOptions.RemoveEmptyEntries), []);

        Assert.Equal(2, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.True(error.Contains("Usage:", StringComparison.Ordinal) || error.Count(c => c == '\n') <= 3, error);
        Assert.Empty(output);
    }

    [Fact]
    public async Task A_folder_is_no_configuration()
    {
        using var place = new Workplace();

        var (exitCode, _, error) = await RunAsync(place, ["config", "check", "--config", "."], []);

        Assert.Equal(2, exitCode);
        Assert.Equal(".: is a folder (name the file in it)\n", error);
    }

    [Fact]
    public async Task A_good_one_is_said_to_be_good_and_what_is_missing_is_named()
    {
        using var place = new Workplace("stash: {}");

        var (exitCode, output, _) = await RunAsync(place, ["config", "check"], []);

        Assert.Equal(0, exitCode);
        Assert.Contains("haven.yaml has no errors.", output, StringComparison.Ordinal);
        Assert.Contains("Still missing: vlm.endpoints: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_is_printed()
    {
        using var place = new Workplace();

        var (exitCode, output, _) = await RunAsync(place, ["config", "schema"], []);

        Assert.Equal(0, exitCode);
        using var schema = System.Text.Json.JsonDocument.Parse(output);
        Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty("vlm", out _));
    }

    private static async Task<string> ShowAsync(Workplace place, string[] options, (string, string)[] environment)
    {
        var (exitCode, output, _) = await RunAsync(place, ["config", "show", .. options], environment);
        Assert.Equal(0, exitCode);
        return output;
    }

    // In this process: nothing of these depends on being one of its own.
    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        Workplace place,
        string[] args,
        (string Name, string Value)[] environment
    )
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var context = new CommandContext(
            environment.ToDictionary(e => e.Name, e => e.Value),
            place.Folder,
            new Terminal(output, error, isInteractive: false),
            TimeProvider.System
        );
        var exitCode = await CommandLine.RunAsync(args, context);
        return (exitCode, output.ToString(), error.ToString());
    }
}

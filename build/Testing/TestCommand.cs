using System.CommandLine;
using HavenVlm.Build.Running;

namespace HavenVlm.Build.Testing;

/// <summary><c>haven test</c>.</summary>
internal static class TestCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create(Screen screen, Repository repository)
    {
        var unit = new Option<bool>("--unit") { Description = "Only unit tests: no process, no tools, a second each at most." };
        var all = new Option<bool>("--all") { Description = "The release tier, too." };
        var project = new Option<string[]>("--project")
        {
            Description = "Only this test project; can be repeated.",
            HelpName = "NAME",
            DefaultValueFactory = _ => [],
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        var filters = new Argument<string[]>("filters")
        {
            Description = "After --, filters for the test programs, such as: -class \"*PoolTests\"",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("test", "Builds, runs the tests, and checks formatting and packages.") { unit, all, project, filters };
        command.Validators.Add(result =>
        {
            if (result.GetValue(unit) && result.GetValue(all))
            {
                result.AddError("--unit and --all exclude each other.");
            }

            if (result.GetValue(filters) is [var first, ..] && FilterMistake(first) is { } mistake)
            {
                result.AddError(mistake);
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
            {
                var options = new TestOptions(
                    parsed.GetValue(unit),
                    parsed.GetValue(all),
                    parsed.GetValue(project) ?? [],
                    parsed.GetValue(filters) ?? []
                );
                return new TestRun(repository, screen, options).RunAsync(cancellation);
            }
        );
        return command;
    }

    // The options of test programs have one dash: two are a mistyped option of this command.
    private static string? FilterMistake(string first) =>
        first.StartsWith("--", StringComparison.Ordinal) ? $"Unknown option {first}."
        : first.StartsWith('-') ? null
        : $"{first} is no filter: filters begin with a dash and follow --.";
}

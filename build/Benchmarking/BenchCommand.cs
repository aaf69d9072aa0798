using System.CommandLine;
using HavenVlm.Build.Running;
using HavenVlm.Build.Tools;

namespace HavenVlm.Build.Benchmarking;

/// <summary><c>haven bench</c>.</summary>
internal static class BenchCommand
{
    /// <summary>The command with its options; the benchmarks check the names.</summary>
    public static Command Create(Screen screen, Repository repository)
    {
        var full = new Option<bool>("--full") { Description = "Longer, for numbers to publish." };
        var only = new Option<string[]>("--only")
        {
            Description = "Only this benchmark; can be repeated.",
            HelpName = "NAME",
            DefaultValueFactory = _ => [],
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        var list = new Option<bool>("--list") { Description = "List the benchmarks." };
        var micro = new Option<bool>("--micro") { Description = "Measure inner parts with BenchmarkDotNet instead." };
        var command = new Command("bench", "Measures the product against its goals (docs/dev/performance.md).") { full, only, list, micro };
        command.Validators.Add(result =>
        {
            if (result.GetValue(micro) && (result.GetValue(list) || result.GetValue(only) is { Length: > 0 }))
            {
                result.AddError("--micro goes with --full only.");
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    screen,
                    repository,
                    [
                        .. new[] { full, list, micro }.Where(parsed.GetValue).Select(option => option.Name),
                        .. (parsed.GetValue(only) ?? []).SelectMany(name => new[] { "--only", name }),
                    ],
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(Screen screen, Repository repository, string[] arguments, CancellationToken cancellation)
    {
        await new Toolbox(repository, screen).NeedAsync(Tool.Ffmpeg, cancellation);
        var dotnet = new DotNet(repository, screen);
        var project = repository.At("benchmarks", "HavenVlm.Benchmarks", "HavenVlm.Benchmarks.csproj");
        if (!await dotnet.BuildAsync("Building the benchmarks ...", project, cancellation))
        {
            screen.Say("The build failed.");
            return 1;
        }

        // In the folder of the person who calls, as a program of its own would run.
        var call = dotnet.CallProgram(DotNet.ProgramOf(project), arguments) with
        {
            Folder = Environment.CurrentDirectory,
        };
        return await ChildProcess.RunAttachedAsync(call, cancellation);
    }
}

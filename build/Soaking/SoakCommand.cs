using System.CommandLine;
using HavenVlm.Build.Running;
using HavenVlm.Build.Testing;
using HavenVlm.Build.Tools;

namespace HavenVlm.Build.Soaking;

/// <summary><c>haven soak</c>: the long forms of the fault matrix, one test after the other; the counts as a table.</summary>
internal static class SoakCommand
{
    // How a project says that it has such tests: it compiles their clock.
    private const string Clock = "../Reliability/";

    /// <summary>The command with its options.</summary>
    public static Command Create(Screen screen, Repository repository)
    {
        var minutes = new Option<int>("--minutes")
        {
            Description = "How long the whole takes, in whole minutes.",
            HelpName = "N",
            DefaultValueFactory = _ => 30,
        };
        minutes.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out var value) && value > 0))
            {
                result.AddError("How long? ./haven soak --minutes 30 (whole minutes, from 1).");
            }
        });
        var command = new Command("soak", "Runs the fault matrix in its long form and counts (docs/dev/reliability.md).") { minutes };
        command.SetAction((parsed, cancellation) => RunAsync(screen, repository, parsed.GetValue(minutes), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Screen screen, Repository repository, int minutes, CancellationToken cancellation)
    {
        var tools = new Toolbox(repository, screen);
        await tools.NeedAsync(Tool.Ffmpeg, cancellation);
        await tools.NeedAsync(Tool.Strace, cancellation);
        var reports = repository.At("artifacts", "reliability");
        if (Directory.Exists(reports))
        {
            Directory.Delete(reports, recursive: true);
        }

        Directory.CreateDirectory(reports);
        var dotnet = new DotNet(repository, screen);
        var solution = await File.ReadAllTextAsync(repository.SolutionFile, cancellation);
        var isGood = true;
        foreach (var project in Solution.TestProjects(repository.SolutionFile, solution).Where(HasClock))
        {
            if (!await dotnet.BuildAsync($"Building {project.Name} ...", project.File, cancellation))
            {
                screen.Write("The build failed.");
                return 1;
            }

            isGood &= await SoakAsync(screen, dotnet, project, minutes, reports, cancellation);
        }

        screen.Write("");
        foreach (var report in Directory.EnumerateFiles(reports, "*.txt").Order(StringComparer.Ordinal))
        {
            screen.Write((await File.ReadAllTextAsync(report, cancellation)).TrimEnd());
        }

        screen.Write(isGood ? "Nothing was lost." : "Something failed; see above.");
        return isGood ? 0 : 1;
    }

    private static bool HasClock(TestProject project) => File.ReadAllText(project.File).Contains(Clock, StringComparison.Ordinal);

    private static async Task<bool> SoakAsync(
        Screen screen,
        DotNet dotnet,
        TestProject project,
        int minutes,
        string reports,
        CancellationToken cancellation
    )
    {
        screen.Say($"Soaking in {project.Name}; the counts go to artifacts/reliability ...");
        var before = Directory.GetFiles(reports, "*.txt").Length;
        string[] filters =
        [
            "-namespace",
            "*.Reliability",
            "-namespace",
            "*.RandomUsers",
            "-parallelMode",
            "none",
            "-explicit",
            "on",
            "-noColor",
        ];
        var call = dotnet
            .CallProgram(project.Program, filters)
            .With("HAVEN_SOAK_MINUTES", minutes.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .With("HAVEN_SOAK_REPORTS", reports);
        var exitCode = await ChildProcess.RunAttachedAsync(call, cancellation);
        if (Directory.GetFiles(reports, "*.txt").Length > before)
        {
            return exitCode == 0;
        }

        // A filter that matches nothing is no success.
        screen.Write($"{project.Name} counted nothing.");
        return false;
    }
}

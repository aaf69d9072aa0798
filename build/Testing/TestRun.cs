using HavenVlm.Build.Checks;
using HavenVlm.Build.Running;
using HavenVlm.Build.Tools;

namespace HavenVlm.Build.Testing;

/// <summary>Builds, runs the tests and checks, and says how it went; the last line holds the counts alone.</summary>
internal sealed class TestRun(Repository repository, Screen screen, TestOptions options)
{
    private readonly DotNet _dotnet = new(repository, screen);
    private readonly TestTotals _totals = new();

    /// <summary>Does it all.</summary>
    /// <returns>0 if nothing failed, otherwise 1.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        try
        {
            await CheckAllAsync(cancellation);
        }
        catch (BuildException e)
        {
            screen.Say(e.Message);
            _totals.Fail();
        }

        screen.Write(_totals.Closing);
        return _totals.IsGood ? 0 : 1;
    }

    private async Task CheckAllAsync(CancellationToken cancellation)
    {
        var solution = await File.ReadAllTextAsync(repository.SolutionFile, cancellation);
        var chosen = options.Choose(Solution.TestProjects(repository.SolutionFile, solution));
        if (chosen.Any(project => !project.IsUnitTests))
        {
            await InstallToolsAsync(chosen, cancellation);
        }

        if (!await BuildAsync(chosen, cancellation))
        {
            screen.Write("The build failed.");
            _totals.Fail();
            return;
        }

        foreach (var project in chosen)
        {
            await TestAsync(project, cancellation);
        }

        if (_totals.IsEmpty)
        {
            screen.Write(options.Filters.Count == 0 ? "No tests." : "No test matches the filters.");
            _totals.Fail();
        }

        if (options.IsWhole)
        {
            await CheckFormatAsync(cancellation);
            await CheckPackagesAsync(cancellation);
        }

        foreach (var line in _totals.Slowest())
        {
            screen.Write(line);
        }

        if (_totals.SkippedNote is { } note)
        {
            screen.Write(note);
        }
    }

    private async Task InstallToolsAsync(IReadOnlyList<TestProject> chosen, CancellationToken cancellation)
    {
        var tools = new Toolbox(repository, screen);
        await tools.NeedAsync(Tool.Ffmpeg, cancellation);
        await tools.NeedAsync(Tool.Chromium, cancellation);
        if (chosen.Any(project => project.IsReleaseTier))
        {
            await tools.NeedAzuriteAsync(cancellation);
        }

        await tools.NeedAsync(Tool.Python, cancellation);
        await tools.NeedAsync(Tool.Strace, cancellation);
    }

    private async Task<bool> BuildAsync(IReadOnlyList<TestProject> chosen, CancellationToken cancellation)
    {
        var isFirst = !chosen.Any(project => File.Exists(project.Program));
        var hint = isFirst ? "; the first time this takes a few minutes" : "";
        if (options.IsWhole)
        {
            return await _dotnet.BuildAsync($"Building everything{hint} ...", repository.SolutionFile, cancellation);
        }

        foreach (var project in chosen)
        {
            if (!await _dotnet.BuildAsync($"Building {project.Name}{hint} ...", project.File, cancellation))
            {
                return false;
            }
        }

        return true;
    }

    private async Task TestAsync(TestProject project, CancellationToken cancellation)
    {
        var program = new TestProgram(screen, _dotnet);
        var start = screen.Time.GetTimestamp();
        var report = await screen.WatchAsync(
            $"Testing {project.Name} ...",
            () => program.RunAsync(project, options.Filters, options.All, cancellation)
        );
        screen.Write(_totals.Add(project.Name, report, screen.Time.GetElapsedTime(start)));
        if (project.IsUnitTests && UnitTestLimit.Over(report) is { Count: > 0 } slow)
        {
            var again = await program.RunAsync(project, UnitTestLimit.Again(slow), options.All, cancellation);
            var slowness = MachineSpeed.Slowness();
            FailSlow(UnitTestLimit.Still(slow, again, slowness), slowness);
        }
    }

    private void FailSlow(IReadOnlyList<TestResult> slow, double slowness)
    {
        foreach (var test in slow)
        {
            screen.Write($"    {test.Name} [SLOW]");
            screen.Write(
                $"      It takes {TestTotals.Seconds(test.Time)}; a unit test may take {TestTotals.Seconds(UnitTestLimit.Limit * slowness)} on this machine."
            );
        }

        _totals.Revoke(slow.Count);
    }

    private async Task CheckFormatAsync(CancellationToken cancellation)
    {
        if (!await FormatCheck.PassesAsync(screen, _dotnet, cancellation))
        {
            _totals.Fail();
        }
    }

    private async Task CheckPackagesAsync(CancellationToken cancellation)
    {
        if (!await VulnerabilityScan.PassesAsync(screen, _dotnet, repository, cancellation))
        {
            _totals.Fail();
        }
    }
}

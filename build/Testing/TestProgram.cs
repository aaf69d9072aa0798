using System.Xml;
using HavenVlm.Build.Running;

namespace HavenVlm.Build.Testing;

/// <summary>Runs the test program of a project and reads its report.</summary>
internal sealed class TestProgram(Screen screen, DotNet dotnet)
{
    /// <summary>Runs tests; failures are shown as they happen.</summary>
    /// <param name="project">The built project.</param>
    /// <param name="arguments">Filters and options of the program.</param>
    /// <param name="releaseTier">Whether the tests of the release tier run.</param>
    /// <param name="cancellation">Ends the program.</param>
    public async Task<TestReport> RunAsync(
        TestProject project,
        IReadOnlyList<string> arguments,
        bool releaseTier,
        CancellationToken cancellation
    )
    {
        var file = Path.Combine(Path.GetTempPath(), $"haven-test-{Guid.NewGuid():N}.xml");
        try
        {
            var output = new TestOutput(screen.Write);
            var call = dotnet.CallProgram(
                project.Program,
                ["-noColor", "-noLogo", "-result-xml", file, .. TestVariables.Options(releaseTier), .. arguments]
            );
            call = TestVariables.Of(releaseTier).Aggregate(call, (one, variable) => one.With(variable.Key, variable.Value));
            var exitCode = await ChildProcess.RunAsync(call, output.Add, cancellation);
            return Judge(project, exitCode, Read(file), output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // A program that died, or did not accept its arguments, has no failed test to show for it.
    private TestReport Judge(TestProject project, int exitCode, TestReport? report, TestOutput output)
    {
        if (report is not null && (exitCode == 0 || report.Failed > 0))
        {
            return report;
        }

        foreach (var line in output.Last)
        {
            screen.Write(line);
        }

        screen.Write($"{project.Name} ended with exit code {exitCode}{(report is null ? " and without a report" : "")}.");
        return report is null ? new TestReport([], Errors: 1) : report with { Errors = report.Errors + 1 };
    }

    private static TestReport? Read(string file)
    {
        try
        {
            return File.Exists(file) ? TestReport.Parse(File.ReadAllText(file)) : null;
        }
        catch (XmlException)
        {
            // It died while writing.
            return null;
        }
    }
}

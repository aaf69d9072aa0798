using System.Globalization;

namespace HavenVlm.Build.Testing;

/// <summary>Adds up the reports of the projects and the checks beside them, and words the result.</summary>
internal sealed class TestTotals
{
    /// <summary>How many of the slowest tests are shown.</summary>
    public const int SlowestShown = 20;

    private readonly List<(string Project, TestResult Test)> _tests = [];
    private int _passed;
    private int _failed;
    private int _skipped;

    /// <summary>Whether nothing failed.</summary>
    public bool IsGood => _failed == 0;

    /// <summary>Whether any test ran or said why it does not.</summary>
    public bool IsEmpty => _passed + _failed + _skipped == 0;

    /// <summary>The last line: the counts alone.</summary>
    public string Closing => string.Create(CultureInfo.InvariantCulture, $"{_passed} passed, {_failed} failed");

    /// <summary>What is said about skipped tests; null if there are none.</summary>
    public string? SkippedNote => _skipped == 0 ? null : $"{_skipped} skipped; the lines above say why.";

    /// <summary>Adds a project's tests.</summary>
    /// <returns>The line about the project.</returns>
    public string Add(string project, TestReport report, TimeSpan time)
    {
        _tests.AddRange(report.Tests.Where(test => test.Outcome is not TestOutcome.NotRun).Select(test => (project, test)));
        _passed += report.Passed;
        _failed += report.Failed;
        _skipped += report.Skipped;
        var failed = report.Failed == 0 ? "" : $", {report.Failed} failed";
        var skipped = report.Skipped == 0 ? "" : $", {report.Skipped} skipped";
        return $"{project}: {report.Passed} passed{failed}{skipped} in {Seconds(time)}";
    }

    /// <summary>Counts something that failed without being a test, such as a build.</summary>
    public void Fail() => _failed++;

    /// <summary>Counts tests that passed as failed after all.</summary>
    public void Revoke(int passed)
    {
        _passed -= passed;
        _failed += passed;
    }

    /// <summary>The slowest tests, a line each; empty if no test ran.</summary>
    public IReadOnlyList<string> Slowest()
    {
        var slowest = _tests.OrderByDescending(entry => entry.Test.Time).Take(SlowestShown).ToList();
        return slowest.Count == 0
            ? []
            :
            [
                slowest.Count == 1 ? "The slowest test:" : $"The {slowest.Count} slowest tests:",
                .. slowest.Select(entry => $"{Seconds(entry.Test.Time), 12}  {entry.Test.Name}"),
            ];
    }

    /// <summary>A time as it is shown.</summary>
    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");
}

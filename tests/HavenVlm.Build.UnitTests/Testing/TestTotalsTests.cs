using HavenVlm.Build.Testing;
using TestResult = HavenVlm.Build.Testing.TestResult;

namespace HavenVlm.Build.UnitTests.Testing;

public sealed class TestTotalsTests
{
    private readonly TestTotals _totals = new();

    [Fact]
    public void Projects_add_up_and_the_closing_line_holds_the_counts_alone()
    {
        Assert.True(_totals.IsEmpty);

        Assert.Equal("Some.UnitTests: 3 passed in 1.50 s", _totals.Add("Some.UnitTests", Report(passed: 3), TimeSpan.FromSeconds(1.5)));
        Assert.Equal(
            "Some.Tests: 1 passed, 3 failed, 1 skipped in 75.00 s",
            _totals.Add("Some.Tests", Report(passed: 1, failed: 2, skipped: 1, errors: 1), TimeSpan.FromSeconds(75))
        );

        Assert.False(_totals.IsEmpty);
        Assert.False(_totals.IsGood);
        Assert.Equal("4 passed, 3 failed", _totals.Closing);
        Assert.Equal("1 skipped; the lines above say why.", _totals.SkippedNote);
    }

    [Fact]
    public void Only_passed_tests_are_good_and_need_no_note()
    {
        _totals.Add("Some.Tests", Report(passed: 2), TimeSpan.Zero);

        Assert.True(_totals.IsGood);
        Assert.Equal("2 passed, 0 failed", _totals.Closing);
        Assert.Null(_totals.SkippedNote);
    }

    [Fact]
    public void A_failed_check_counts_and_a_slow_unit_test_moves_from_passed_to_failed()
    {
        _totals.Add("Some.UnitTests", Report(passed: 5), TimeSpan.Zero);

        _totals.Fail();
        _totals.Revoke(2);

        Assert.False(_totals.IsGood);
        Assert.Equal("3 passed, 3 failed", _totals.Closing);
    }

    [Fact]
    public void The_slowest_tests_of_all_projects_come_slowest_first()
    {
        _totals.Add("Some.Tests", new TestReport([.. Enumerable.Range(1, 15).Select(i => Test($"A{i}", i / 10.0))], 0), TimeSpan.Zero);
        _totals.Add("More.Tests", new TestReport([.. Enumerable.Range(1, 15).Select(i => Test($"B{i}", i * 10))], 0), TimeSpan.Zero);

        var lines = _totals.Slowest();

        Assert.Equal(1 + TestTotals.SlowestShown, lines.Count);
        Assert.Equal("The 20 slowest tests:", lines[0]);
        Assert.Equal("    150.00 s  B15", lines[1]);
        Assert.Equal("      1.10 s  A11", lines[^1]);
    }

    [Fact]
    public void Without_tests_there_are_no_slowest() => Assert.Empty(_totals.Slowest());

    private static TestReport Report(int passed, int failed = 0, int skipped = 0, int errors = 0) =>
        new(
            [
                .. Enumerable.Repeat(Test("Passes"), passed),
                .. Enumerable.Repeat(Test("Fails") with { Outcome = TestOutcome.Failed }, failed),
                .. Enumerable.Repeat(Test("Skips") with { Outcome = TestOutcome.Skipped }, skipped),
            ],
            errors
        );

    private static TestResult Test(string name, double seconds = 0) => new(name, name, TestOutcome.Passed, TimeSpan.FromSeconds(seconds));
}

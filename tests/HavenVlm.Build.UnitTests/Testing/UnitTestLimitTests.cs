using HavenVlm.Build.Testing;
using TestResult = HavenVlm.Build.Testing.TestResult;

namespace HavenVlm.Build.UnitTests.Testing;

public sealed class UnitTestLimitTests
{
    [Fact]
    public void A_test_is_slow_if_it_passes_and_takes_over_a_second()
    {
        var report = Report(Test("quick", 1), Test("slow", 1.001), Test("failed", 5) with { Outcome = TestOutcome.Failed });

        Assert.Equal(["slow"], UnitTestLimit.Over(report).Select(test => test.Name));
    }

    [Fact]
    public void The_second_measurement_runs_the_classes_of_the_slow_tests_alone_and_once_each()
    {
        var again = UnitTestLimit.Again([Test("row 1", 2, "N.A.Adds"), Test("row 2", 2, "N.A.Adds"), Test("other", 2, "N.B.Waits")]);

        Assert.Equal(["-class", "N.A", "-class", "N.B", "-parallelMode", "none"], again);
    }

    [Fact]
    public void Only_what_is_slow_both_times_fails_with_its_shorter_time()
    {
        var slow = UnitTestLimit.Still(
            [Test("once", 3), Test("twice", 3), Test("gone", 4)],
            Report(Test("once", 0.9), Test("twice", 1.5), Test("a quick row beside it", 0.1)),
            slowness: 1
        );

        Assert.Equal([("twice", 1.5), ("gone", 4.0)], slow.Select(test => (test.Name, test.Time.TotalSeconds)));
    }

    [Fact]
    public void A_slow_machine_gives_each_test_as_much_more_time()
    {
        TestResult[] slow = [Test("usual", 3), Test("slow", 4)];

        var still = UnitTestLimit.Still(slow, Report(Test("usual", 1.9), Test("slow", 2.1)), slowness: 2);

        Assert.Equal(["slow"], still.Select(test => test.Name));
    }

    [Fact]
    public void A_first_time_within_the_limit_of_a_slow_machine_is_enough()
    {
        Assert.Empty(UnitTestLimit.Still([Test("cold", 1.1)], Report(Test("cold", 1.4)), slowness: 1.27));
    }

    [Fact]
    public void A_fast_machine_does_not_shorten_the_limit()
    {
        Assert.Equal(1, MachineSpeed.Slowness(TimeSpan.FromMilliseconds(10)));
        Assert.Equal(2, MachineSpeed.Slowness(TimeSpan.FromMilliseconds(60)));
        Assert.InRange(MachineSpeed.Slowness(), 1, double.MaxValue);
    }

    private static TestReport Report(params TestResult[] tests) => new(tests, Errors: 0);

    private static TestResult Test(string name, double seconds, string method = "A.Any") =>
        new(name, method, TestOutcome.Passed, TimeSpan.FromSeconds(seconds));
}

namespace HavenVlm.Build.Testing;

/// <summary>
/// A unit test may take a second of a usual machine. One that took longer on a busy machine is measured again, with nothing beside it, and has as many seconds
/// as the machine is slow then.
/// </summary>
internal static class UnitTestLimit
{
    /// <summary>The longest time of a unit test on a usual machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>The tests that passed, but over the limit.</summary>
    public static IReadOnlyList<TestResult> Over(TestReport report) =>
        [.. report.Tests.Where(test => test.Outcome is TestOutcome.Passed && test.Time > Limit)];

    /// <summary>
    /// The arguments that run nothing but the classes of these tests, one test after the other: a test that ran alone would be measured with
    /// everything that is compiled when it is used for the first time.
    /// </summary>
    public static IReadOnlyList<string> Again(IReadOnlyList<TestResult> slow) =>
        [
            .. slow.Select(test => test.Method[..test.Method.LastIndexOf('.')])
                .Distinct(StringComparer.Ordinal)
                .SelectMany(type => new[] { "-class", type }),
            "-parallelMode",
            "none",
        ];

    /// <summary>The tests whose shorter time is over the limit.</summary>
    /// <param name="slow">What was over the limit first.</param>
    /// <param name="again">The second measurement.</param>
    /// <param name="slowness">How slow the machine was then, see <see cref="MachineSpeed"/>.</param>
    public static IReadOnlyList<TestResult> Still(IReadOnlyList<TestResult> slow, TestReport again, double slowness)
    {
        var limit = Limit * slowness;
        var second = again.Tests.ToLookup(test => test.Name, StringComparer.Ordinal);
        return
        [
            // The first time it had other tests beside it, the second time all code was new to the process: the shorter one counts.
            .. slow.Select(test => second[test.Name].Append(test).MinBy(one => one.Time)!).Where(shorter => shorter.Time > limit),
        ];
    }
}

using System.Globalization;
using System.Xml.Linq;

namespace HavenVlm.Build.Testing;

/// <summary>What the tests of a project gave.</summary>
/// <param name="Tests">Every test that was to run.</param>
/// <param name="Errors">What went wrong outside of a test, such as the disposal of a fixture.</param>
internal sealed record TestReport(IReadOnlyList<TestResult> Tests, int Errors)
{
    /// <summary>Number of tests that passed.</summary>
    public int Passed => Count(TestOutcome.Passed);

    /// <summary>Number of tests that failed, and of errors outside of tests.</summary>
    public int Failed => Count(TestOutcome.Failed) + Errors;

    /// <summary>Number of tests that said why they did not run.</summary>
    public int Skipped => Count(TestOutcome.Skipped);

    /// <summary>Reads the report that an xunit test program writes as XML.</summary>
    /// <exception cref="System.Xml.XmlException">It is none, or not complete.</exception>
    public static TestReport Parse(string xml)
    {
        var root = XDocument.Parse(xml).Root!;
        return new TestReport(
            [.. root.Descendants("test").Select(Result)],
            root.Elements("assembly").Sum(assembly => (int?)assembly.Attribute("errors") ?? 0)
        );
    }

    private static TestResult Result(XElement test) =>
        new(
            (string?)test.Attribute("name") ?? "",
            $"{(string?)test.Attribute("type")}.{(string?)test.Attribute("method")}",
            (string?)test.Attribute("result") switch
            {
                "Pass" => TestOutcome.Passed,
                "Fail" => TestOutcome.Failed,
                "Skip" => TestOutcome.Skipped,
                _ => TestOutcome.NotRun,
            },
            TimeSpan.FromSeconds(double.Parse((string?)test.Attribute("time") ?? "0", CultureInfo.InvariantCulture))
        );

    private int Count(TestOutcome outcome) => Tests.Count(test => test.Outcome == outcome);
}

/// <summary>One test, or one row of a theory.</summary>
/// <param name="Name">As it is shown, with the row's arguments.</param>
/// <param name="Method">Class and method, as filters name it.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Time">How long it ran, without its fixtures.</param>
internal sealed record TestResult(string Name, string Method, TestOutcome Outcome, TimeSpan Time);

/// <summary>How a test ended.</summary>
internal enum TestOutcome
{
    /// <summary>It did not run: only on demand.</summary>
    NotRun,

    /// <summary>As it should.</summary>
    Passed,

    /// <summary>With a reason.</summary>
    Failed,

    /// <summary>It said why it cannot run here.</summary>
    Skipped,
}

using System.Xml;
using HavenVlm.Build.Testing;
using TestResult = HavenVlm.Build.Testing.TestResult;

namespace HavenVlm.Build.UnitTests.Testing;

public sealed class TestReportTests
{
    private const string Xml = """
        <assemblies schema-version="3"><assembly name="/x/Some.Tests.dll" errors="1" failed="1" passed="2" skipped="1" not-run="1" total="5">
        <errors><error type="test-class-cleanup" name="Some.Tests.Dirty" /></errors>
        <collection name="one"><test name="Some.Tests.A.Adds(left: 1)" type="Some.Tests.A" method="Adds" result="Pass" time="0.013" />
        <test name="Some.Tests.A.Adds(left: 2)" type="Some.Tests.A" method="Adds" result="Pass" time="12.5" /></collection>
        <collection name="two"><test name="Some.Tests.B.Breaks" type="Some.Tests.B" method="Breaks" result="Fail" time="1"><failure /></test>
        <test name="Some.Tests.B.Waits" type="Some.Tests.B" method="Waits" result="Skip" time="0"><reason>no strace</reason></test>
        <test name="Some.Tests.B.On_demand" type="Some.Tests.B" method="On_demand" result="NotRun" time="0" /></collection>
        </assembly></assemblies>
        """;

    [Fact]
    public void Rows_of_theories_count_one_by_one_and_errors_outside_of_tests_count_as_failures()
    {
        var report = TestReport.Parse(Xml);

        Assert.Equal((2, 2, 1), (report.Passed, report.Failed, report.Skipped));
        Assert.Equal(
            new TestResult("Some.Tests.A.Adds(left: 2)", "Some.Tests.A.Adds", TestOutcome.Passed, TimeSpan.FromSeconds(12.5)),
            report.Tests[1]
        );
        Assert.Equal(TestOutcome.NotRun, report.Tests[^1].Outcome);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<assemblies><assembly><collection>")]
    public void A_report_that_broke_off_is_none(string xml) => Assert.Throws<XmlException>(() => TestReport.Parse(xml));
}

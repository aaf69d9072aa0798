using HavenVlm.Build.Testing;

namespace HavenVlm.Build.UnitTests.Testing;

public sealed class TestOutputTests
{
    private readonly List<string> _shown = [];

    [Fact]
    public void Failed_and_skipped_tests_are_shown_with_their_details_and_nothing_else()
    {
        string[] lines =
        [
            "  Discovering: Some.Tests",
            "  Starting:    Some.Tests",
            "info: a server that a test started says something",
            "    Some.Tests.A.Adds(left: 1) [FAIL]",
            "      Assert.Equal() Failure",
            "",
            "      Stack Trace:",
            "        A.cs(3,0)",
            "  noise between",
            "      indented noise",
            "    Some.Tests.B.Waits [SKIP]",
            "      no strace",
            "  Finished:    Some.Tests",
            "=== TEST EXECUTION SUMMARY ===",
        ];
        var output = new TestOutput(_shown.Add);

        Array.ForEach(lines, output.Add);

        Assert.Equal([lines[3], lines[4], lines[6], lines[7], lines[10], lines[11]], _shown);
        Assert.Equal(lines, output.Last);
    }

    [Fact]
    public void The_end_of_a_long_output_is_kept()
    {
        var output = new TestOutput(_shown.Add);

        for (var i = 0; i < 1000; i++)
        {
            output.Add($"line {i}");
        }

        Assert.Empty(_shown);
        Assert.Equal(200, output.Last.Count);
        Assert.Equal("line 999", output.Last.Last());
    }
}

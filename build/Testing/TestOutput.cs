using System.Text.RegularExpressions;

namespace HavenVlm.Build.Testing;

/// <summary>
/// Picks out of what a test program writes the lines about tests that failed or were skipped, as they come; the last lines of all are
/// kept for a program that dies before it reports.
/// </summary>
internal sealed partial class TestOutput(Action<string> show)
{
    private const int Kept = 200;

    private readonly Queue<string> _last = new();
    private bool _isInResult;

    /// <summary>The last lines, shown or not.</summary>
    public IReadOnlyCollection<string> Last => _last;

    /// <summary>Takes the next line.</summary>
    public void Add(string line)
    {
        _last.Enqueue(line);
        if (_last.Count > Kept)
        {
            _last.Dequeue();
        }

        // The details of a result are indented further than its first line.
        _isInResult =
            ResultLine().IsMatch(line) || (_isInResult && (line.Length == 0 || line.StartsWith("      ", StringComparison.Ordinal)));
        if (_isInResult && line.Length > 0)
        {
            show(line);
        }
    }

    [GeneratedRegex(@"^ {4}\S.* \[(FAIL|SKIP)\]\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ResultLine();
}

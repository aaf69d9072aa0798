using HavenVlm.Core.Api;
using HavenVlm.Core.Common;

namespace HavenVlm.Local.Commands;

/// <summary>
/// Decides whether a command goes on waiting for its work: never for what only a person can change, and for an outage only with
/// <c>--wait</c>. What work is out may still move it, so a problem counts only while nothing moves.
/// </summary>
/// <param name="needs">The subjects (see <see cref="StatusProblem"/>) that the command's work depends on.</param>
/// <param name="waits">Whether outages are waited out.</param>
/// <param name="whenStuck">What becomes of the work when the command ends.</param>
/// <param name="terminal">Where an outage is reported.</param>
/// <param name="time">The clock.</param>
internal sealed class OutagePolicy(IReadOnlyList<string> needs, bool waits, string whenStuck, Terminal terminal, TimeProvider time)
{
    /// <summary>What tagging depends on.</summary>
    public static readonly IReadOnlyList<string> Everything = [StatusProblem.Stash, StatusProblem.ModelServers, StatusProblem.Ffmpeg];

    /// <summary>What exporting depends on.</summary>
    public static readonly IReadOnlyList<string> StashAndFfmpeg = [StatusProblem.Stash, StatusProblem.Ffmpeg];

    /// <summary>What removing depends on.</summary>
    public static readonly IReadOnlyList<string> StashOnly = [StatusProblem.Stash];

    /// <summary>What a file's analysis depends on.</summary>
    public static readonly IReadOnlyList<string> NoStash = [StatusProblem.ModelServers, StatusProblem.Ffmpeg];

    // What a request that was out at the same moment brings is waited for; one that is refused is not sent again.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    // A server that restarts is back by then.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(10);

    private (int Scenes, int Frames) _moved;
    private long? _stuckSince;
    private bool _isReported;

    /// <summary>Takes the latest state of the work.</summary>
    /// <exception cref="CommandException">The command ends; the message says what happened and what to do.</exception>
    public void Observe(ProgressStatus? status, IReadOnlyList<StatusProblem> problems)
    {
        var relevant = problems.Where(problem => needs.Contains(problem.Subject, StringComparer.Ordinal)).ToList();
        var moved = (status?.ScenesDone ?? 0, status?.FramesDone ?? 0);
        if (relevant.Count == 0 || moved != _moved)
        {
            _moved = moved;
            _stuckSince = null;
            _isReported &= relevant.Count > 0;
        }

        if (relevant.Count == 0)
        {
            return;
        }

        _stuckSince ??= time.GetTimestamp();
        var stuck = time.GetElapsedTime(_stuckSince.Value);
        var toChange = relevant.Where(problem => problem.NeedsUser).ToList();
        if (toChange.Count > 0 && stuck >= Settled)
        {
            throw new CommandException(Lines([.. toChange.Select(problem => problem.Message), whenStuck]));
        }

        if (toChange.Count == 0 && stuck >= GracePeriod)
        {
            Report(relevant);
        }
    }

    private void Report(List<StatusProblem> outages)
    {
        var subject = outages[0].Subject is StatusProblem.Stash ? "Stash does not answer" : "No model server answers";
        if (!waits)
        {
            var details = outages.Select(outage => outage.Message);
            throw new CommandException(Lines([$"{subject}. {whenStuck} To wait here, add --wait.", .. details]));
        }

        if (!_isReported)
        {
            _isReported = true;
            terminal.Note($"{subject}; the work is queued, Ctrl-C is safe. {outages[0].Message}");
        }
    }

    private static string Lines(IEnumerable<string> lines) => string.Join(Environment.NewLine, lines);
}

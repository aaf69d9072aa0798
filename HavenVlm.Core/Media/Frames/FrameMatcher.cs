namespace HavenVlm.Core.Media.Frames;

/// <summary>Gives the pictures of one run to its planned times, both in ascending order.</summary>
internal sealed class FrameMatcher(DecodeRun run)
{
    // Times lose fractions of a millisecond on their way through containers.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);
    private int _next;

    /// <summary>Whether every planned time has been passed.</summary>
    public bool IsDone => _next == run.Times.Count;

    /// <summary>Planned times that no picture has passed yet.</summary>
    public IReadOnlyList<TimeSpan> Pending => [.. run.Times.Skip(_next)];

    /// <summary>
    /// Takes the next picture. Every planned time that it passes is either served by it or, because it comes too late for that, missed; the
    /// missed ones are the earlier ones.
    /// </summary>
    public (IReadOnlyList<TimeSpan> Missed, IReadOnlyList<TimeSpan> Served) Accept(TimeSpan time)
    {
        List<TimeSpan> missed = [];
        List<TimeSpan> served = [];
        for (; _next < run.Times.Count && run.Times[_next] - run.Early <= time + Rounding; _next++)
        {
            (time - run.Times[_next] > run.Late + Rounding ? missed : served).Add(run.Times[_next]);
        }

        return (missed, served);
    }
}

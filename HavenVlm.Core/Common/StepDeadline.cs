namespace HavenVlm.Core.Common;

/// <summary>
/// When a step within this process has to stop beginning new work. Counts the time that passes, so a clock that is set neither ends a step
/// early nor lets it run on. Must not be kept: its count means nothing in another process.
/// </summary>
internal sealed class StepDeadline
{
    private readonly TimeProvider? _time;
    private readonly long _began;
    private readonly TimeSpan _length;

    private StepDeadline() { }

    /// <summary>Begins to count.</summary>
    public StepDeadline(TimeProvider time, TimeSpan length)
    {
        _time = time;
        _began = time.GetTimestamp();
        _length = length;
    }

    /// <summary>One that is never reached.</summary>
    public static StepDeadline Never { get; } = new();

    /// <summary>A source that is canceled when it is reached.</summary>
    public CancellationTokenSource ToCancellation()
    {
        if (_time is null)
        {
            return new CancellationTokenSource();
        }

        var left = _length - _time.GetElapsedTime(_began);
        return new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time);
    }

    /// <summary>Whether it is reached.</summary>
    public bool IsReached => _time is not null && _time.GetElapsedTime(_began) >= _length;
}

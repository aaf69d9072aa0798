using HavenVlm.Core.Common;

namespace HavenVlm.Local.Commands.Progress;

/// <summary>A line when the stage changes or a scene ends, else one in ten seconds.</summary>
internal sealed class ProgressLines(Terminal terminal, TimeProvider time) : ProgressView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private ProgressStatus? _last;
    private long _lastAt;

    public override void Show(ProgressStatus status)
    {
        if (_last == status)
        {
            return;
        }

        var isNews = _last is null || _last.Stage != status.Stage || _last.ScenesDone != status.ScenesDone;
        if (isNews || time.GetElapsedTime(_lastAt) >= Interval)
        {
            _last = status;
            _lastAt = time.GetTimestamp();
            terminal.Print(ProgressText.Line(status));
        }
    }
}

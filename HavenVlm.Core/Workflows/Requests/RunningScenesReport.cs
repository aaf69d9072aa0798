using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>Sums up the progress of a request's running scenes: frames, and one message that names the first few.</summary>
internal sealed class RunningScenesReport
{
    private const int ScenesNamed = 3;
    private readonly List<string> _messages = [];
    private int _more;

    public int FramesDone { get; private set; }

    public int FramesTotal { get; private set; }

    public string Message => string.Join("; ", _messages) + (_more > 0 ? $"; {_more} more running" : "");

    public void Add(RunningScene scene, ProgressStatus? status)
    {
        FramesDone += status?.FramesDone ?? 0;
        FramesTotal += status?.FramesTotal ?? 0;
        if (_messages.Count >= ScenesNamed)
        {
            _more++;
            return;
        }

        var what = status is null ? EnumText.Of(ProgressStage.Starting) : $"{EnumText.Of(status.Stage)} {status.Percent:0} %";
        var why = status is { Stage: ProgressStage.Waiting } ? $" ({status.Message})" : "";
        _messages.Add($"scene {scene.SceneId} {what}{why}");
    }
}

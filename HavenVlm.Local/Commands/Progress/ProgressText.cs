using HavenVlm.Core.Common;

namespace HavenVlm.Local.Commands.Progress;

/// <summary>Progress in words.</summary>
internal static class ProgressText
{
    /// <summary>One line: stage, counts, rate, time to go, and what there is to say.</summary>
    public static string Line(ProgressStatus status) =>
        string.Join(", ", Parts(status)) + (status.Message.Length > 0 ? $": {status.Message}" : "");

    /// <summary>A length of time as people say it.</summary>
    public static string Duration(double seconds) => TimeText.Elapsed(seconds);

    private static IEnumerable<string> Parts(ProgressStatus status)
    {
        yield return EnumText.Of(status.Stage);
        if (status.ScenesTotal > 1)
        {
            yield return $"{status.ScenesDone} of {status.ScenesTotal} scenes";
        }

        if (status.FramesTotal > 0)
        {
            yield return $"{status.FramesDone} of {status.FramesTotal} {status.Unit ?? "frames"}";
        }

        if (status.FramesPerMinute > 0 && status.FramesDone < status.FramesTotal)
        {
            yield return $"{status.FramesPerMinute:0} {status.Unit ?? "frames"}/min";
        }

        if (status.EtaSeconds is > 0 and var left)
        {
            yield return $"{Duration(left)} to go";
        }
    }
}

using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Frames;

/// <summary>Finds the part of a file that a time lies in. A file whose clock runs through is one part.</summary>
internal static class VideoParts
{
    /// <summary>The part's input, its facts and when it begins.</summary>
    public static (MediaInput Input, VideoFacts Facts, TimeSpan From) At(MediaInput input, VideoFacts facts, TimeSpan time) =>
        facts.Parts.Count == 0 ? (input, facts, TimeSpan.Zero) : Of(input, facts.Parts[IndexAt(facts, time)]);

    /// <summary>A part's input, its facts and when it begins.</summary>
    public static (MediaInput Input, VideoFacts Facts, TimeSpan From) Of(MediaInput input, VideoPart part) =>
        (new PartMediaInput(input, part.Start, part.End), part.Facts, part.From);

    /// <summary>Number of the part, from 0.</summary>
    public static int IndexAt(VideoFacts facts, TimeSpan time) => Math.Max(0, facts.Parts.Count(part => part.From <= time) - 1);

    /// <summary>The request to the part that its times lie in, and when that begins.</summary>
    public static (FrameRequest Request, TimeSpan From) Within(FrameRequest request)
    {
        if (request.Facts.Parts.Count == 0)
        {
            return (request, TimeSpan.Zero);
        }

        var run = request.Run;
        var (input, facts, from) = At(request.Input, request.Facts, run.Times[0]);
        var within = run with { Times = [.. run.Times.Select(time => time - from)], End = run.End - from };
        return (request with { Input = input, Facts = facts, Run = within }, from);
    }
}

using System.Runtime.CompilerServices;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Frames;

/// <summary>Takes frames of a video as JPEG, the cheapest way that keeps close to the planned times.</summary>
internal sealed class FrameExtractor(FrameRunner runner, FirstFrames first, DecoderGate gate)
{
    // More threads than this cost memory (each holds pictures) and bring little.
    internal static readonly int Threads = Math.Clamp(Environment.ProcessorCount, 1, 4);
    private static readonly TimeSpan OneTolerance = TimeSpan.FromMilliseconds(100);
    internal static readonly string SignatureFilter = $"scale={FrameSignature.Side}:{FrameSignature.Side}:flags=area";

    /// <summary>
    /// One frame for every planned time, in their order; one without a picture says why. Reading slowly stops the decoder, ending the
    /// enumeration ends it.
    /// </summary>
    /// <param name="input">The video.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="settings">How its pictures are cut.</param>
    /// <param name="times">Planned times from the first picture on, ascending.</param>
    /// <param name="tolerance">A frame may be this far from its planned time where that is cheaper, a quarter interval as a rule.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MediaException">The media turned out to be unreadable.</exception>
    /// <exception cref="MediaUnavailableException">The media cannot be read now.</exception>
    public IAsyncEnumerable<VideoFrame> ExtractAsync(
        MediaInput input,
        VideoFacts facts,
        PictureSettings settings,
        IReadOnlyList<TimeSpan> times,
        TimeSpan tolerance,
        CancellationToken cancellationToken
    ) => ExtractAsync(input, facts, settings, new FrameTimes(times, times), tolerance, cancellationToken);

    /// <summary>One frame for every wanted time, in their order; the same ones as if everything planned were wanted.</summary>
    /// <param name="input">The video.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="settings">How its pictures are cut.</param>
    /// <param name="times">What is planned and what of it is wanted.</param>
    /// <param name="tolerance">A frame may be this far from its planned time where that is cheaper, a quarter interval as a rule.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MediaException">The media turned out to be unreadable.</exception>
    /// <exception cref="MediaUnavailableException">The media cannot be read now.</exception>
    public async IAsyncEnumerable<VideoFrame> ExtractAsync(
        MediaInput input,
        VideoFacts facts,
        PictureSettings settings,
        FrameTimes times,
        TimeSpan tolerance,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (first.Take(input, facts, settings, times.Planned) is { } ready)
        {
            foreach (var frame in ready.Where(frame => times.Wanted.Contains(frame.Planned)))
            {
                yield return frame;
            }

            yield break;
        }

        var inside = new FrameTimes(Inside(times.Planned), Inside(times.Wanted));
        var runs = DecodePlan.For(facts, input.IsRemote, inside, tolerance, Threads);
        await foreach (var frame in ExtractAsync(input, facts, settings, runs, cancellationToken))
        {
            yield return frame;
        }

        foreach (var time in times.Wanted.Skip(inside.Wanted.Count))
        {
            yield return AfterTheEnd(facts, time);
        }

        List<TimeSpan> Inside(IReadOnlyList<TimeSpan> all) => [.. all.TakeWhile(time => time <= facts.Duration + tolerance)];
    }

    /// <summary>One frame for every planned time of the runs, in their order.</summary>
    internal async IAsyncEnumerable<VideoFrame> ExtractAsync(
        MediaInput input,
        VideoFacts facts,
        PictureSettings settings,
        IReadOnlyList<DecodeRun> runs,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var picture = PictureFilters.Picture(facts, settings);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<Task<VideoFrame>>();
        try
        {
            for (var (next, started) = (0, 0); next < runs.Count; next++)
            {
                // Each single picture keeps one processor busy: the others begin with the next ones.
                for (
                    started = Math.Max(started, next);
                    started < runs.Count && started < next + Threads && runs[started].Times.Count == 1;
                    started++
                )
                {
                    ahead.Enqueue(TakeOneAsync(Request(runs[started]), settings.Hwaccel, leaving.Token));
                }

                if (started > next)
                {
                    yield return await ahead.Dequeue();
                    continue;
                }

                using var place = await gate.EnterAsync(leaving.Token);
                await foreach (var frame in runner.RunAsync(Request(runs[next]), settings.Hwaccel, leaving.Token))
                {
                    yield return frame;
                }
            }
        }
        finally
        {
            await leaving.CancelAsync();
            await Task.WhenAll(ahead)
                .ContinueWith(static all => all.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        FrameRequest Request(DecodeRun run) => new(input, facts, run, picture, SignatureFilter);
    }

    /// <summary>The picture that is on screen at a time; does not wait for the decoders of running scenes.</summary>
    /// <param name="input">The video.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="settings">How its pictures are cut.</param>
    /// <param name="time">From the first picture on.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<VideoFrame> ExtractOneAsync(
        MediaInput input,
        VideoFacts facts,
        PictureSettings settings,
        TimeSpan time,
        CancellationToken cancellationToken
    )
    {
        if (time > facts.Duration)
        {
            return AfterTheEnd(facts, time);
        }

        var run = DecodePlan.Exact(facts, time < TimeSpan.Zero ? TimeSpan.Zero : time, OneTolerance);
        var request = new FrameRequest(input, facts, run, PictureFilters.Picture(facts, settings), SignatureFilter);
        using var place = await gate.EnterForOneAsync(cancellationToken);
        return await runner.RunAsync(request, settings.Hwaccel, cancellationToken).FirstAsync(cancellationToken);
    }

    private async Task<VideoFrame> TakeOneAsync(FrameRequest request, string hwaccel, CancellationToken cancellationToken)
    {
        using var place = await gate.EnterAsync(cancellationToken);
        return await runner.RunAsync(request, hwaccel, cancellationToken).FirstAsync(cancellationToken);
    }

    private static VideoFrame AfterTheEnd(VideoFacts facts, TimeSpan time) =>
        MissedFrames.Missing(time, $"the pictures end at {facts.Duration.TotalSeconds:0.0} s");
}

using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Common;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Pictures;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Vlm.Prompting;

namespace HavenVlm.Core.Analysis.Images;

/// <summary>An image that is to be analyzed.</summary>
/// <param name="Id">Its id in Stash.</param>
/// <param name="Fingerprint">What tells its content from others.</param>
/// <param name="Path">Path as Stash sees it.</param>
/// <param name="Size">Size in bytes.</param>
internal sealed record ImageSubject(string Id, string Fingerprint, string Path, long Size);

/// <summary>Images to look at.</summary>
internal sealed record ImageWork
{
    public required ImageSettings Settings { get; init; }

    public required IReadOnlyList<ImageSubject> Images { get; init; }

    /// <summary>Not empty = what was answered before this token was first seen does not count.</summary>
    public string ForceToken { get; init; } = "";

    /// <summary>Whether media that cannot be read now is given up instead of tried again later.</summary>
    public bool GiveUpMedia { get; init; }

    /// <summary>From then on nothing new is begun; what is out is waited for.</summary>
    public required StepDeadline Deadline { get; init; }

    /// <summary>Cancelled when nothing new may be begun: the instance was held, ended, or this process ends.</summary>
    public required CancellationToken Stop { get; init; }

    /// <summary>Called for every image that needs nothing more.</summary>
    public Action ImageDone { get; init; } = () => { };
}

/// <summary>What became of images.</summary>
internal sealed record ImageWorkResult
{
    /// <summary>Images that need nothing more in this run; whether they were answered is in the log.</summary>
    public int Done { get; init; }

    /// <summary>Images not finished: endpoints or media away, deadline reached, or stopped.</summary>
    public int Remaining { get; init; }

    /// <summary>Pictures answered in this call.</summary>
    public int Answered { get; init; }

    /// <summary>Pictures of which an answer, or that there was none, was recorded in this call.</summary>
    public int Recorded { get; init; }

    /// <summary>Requests made.</summary>
    public double Requests { get; init; }

    /// <summary>Why images remain; null when none do.</summary>
    public string? Reason { get; init; }

    /// <summary>Not null = no endpoint can take requests; ask again after this.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Images of the remaining ones whose media could not be read now.</summary>
    public int MediaAway { get; init; }
}

/// <summary>
/// Looks at images: what the log lacks is decoded and asked, a bounded number at once, and every answer goes to the log as it arrives.
/// </summary>
internal sealed class ImageAnalysis(ImageMedia media, PictureReader reader, AnalysisLogs logs, PictureAsker asker, EndpointPool pool)
{
    private const int MaxConcurrent = 128;
    private readonly NamedLocks _images = new();

    public async Task<ImageWorkResult> RunAsync(ImageWork work, CancellationToken cancellationToken)
    {
        await using var questions = new ImageQuestions(asker, work.Settings, cancellationToken);
        var tally = new Tally();
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Clamp(pool.PicturesWorthPreparing, 2, MaxConcurrent),
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(
            work.Images,
            parallel,
            async (image, token) =>
            {
                if (questions.Outage is null && !work.Stop.IsCancellationRequested && !work.Deadline.IsReached)
                {
                    await AnalyzeOneAsync(work, image, questions, tally, token);
                }
            }
        );
        var result = tally.Result;
        var remaining = work.Images.Count - result.Done;
        return result with
        {
            Remaining = remaining,
            Reason = remaining == 0 ? null : questions.Outage?.Message ?? tally.MediaReason ?? "the time of this step was up",
            RetryAfter = questions.Outage?.RetryAfter,
        };
    }

    private async Task AnalyzeOneAsync(
        ImageWork work,
        ImageSubject image,
        ImageQuestions questions,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        // The same image may be asked for by name while a sweep has it: the second one finds the first one's answers.
        using var holder = await _images.TakeAsync(image.Fingerprint, cancellationToken);
        await using var log = await logs.OpenAsync(work.Settings.KeyOf(image.Fingerprint), cancellationToken);
        if (work.ForceToken.Length > 0)
        {
            log.Forget(image.Fingerprint, work.ForceToken);
        }

        if (ImageAnswers.Of(work.Settings, log, image.Fingerprint).Missing.Count > 0)
        {
            IReadOnlyList<(VideoFrame Frame, IReadOnlyList<string> Tags)> frames;
            var asked = new List<Task<bool>>();
            using (questions.Prepare())
            {
                try
                {
                    frames = await ReadAsync(work, image, log, cancellationToken);
                }
                catch (MediaUnavailableException e) when (!work.GiveUpMedia)
                {
                    tally.MediaAway(e.Message);
                    return;
                }

                asked.AddRange(frames.Select(each => AskAsync(work, image, each.Frame, each.Tags, questions, log, tally)));
            }

            if (!(await Task.WhenAll(asked)).All(done => done))
            {
                return;
            }
        }

        tally.Done();
        work.ImageDone();
    }

    /// <summary>The pictures that have to be asked about; one without a picture says why.</summary>
    private async Task<IReadOnlyList<(VideoFrame Frame, IReadOnlyList<string> Tags)>> ReadAsync(
        ImageWork work,
        ImageSubject image,
        AnalysisLog log,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var input = await media.OpenAsync(image.Id, image.Path, image.Size, cancellationToken);
            var facts = await reader.InspectAsync(input, image.Size, cancellationToken);
            var looks = log.LooksOf(image.Fingerprint) ?? AnimationSamples.Plan(facts, work.Settings.LookInterval);
            var lacking = ImageAnswers.Of(work.Settings, log, image.Fingerprint, looks).Missing;
            var frames = await reader
                .ReadAsync(input, facts, work.Settings.MaxImageSize, [.. lacking.Select(look => look.Time)], cancellationToken)
                .ToListAsync(cancellationToken);
            var wanted = frames.Zip(lacking, (frame, look) => (Frame: frame, look.Tags)).ToList();
            if (looks.Count > 1 && log.LooksOf(image.Fingerprint) is null)
            {
                // Of looks that show the same picture one is enough.
                wanted = [.. wanted.DistinctBy(each => each.Frame.Jpeg.IsEmpty ? each.Frame.Planned : each.Frame.Time)];
                log.AddLooks(image.Fingerprint, [.. wanted.Select(each => each.Frame.Planned)]);
            }

            return wanted;
        }
        catch (Exception e) when (e is MediaException || (e is MediaUnavailableException && work.GiveUpMedia))
        {
            return
            [
                .. ImageAnswers
                    .Of(work.Settings, log, image.Fingerprint)
                    .Missing.Select(look => (MissedFrames.Missing(look.Time, "") with { Reason = e.Message }, look.Tags)),
            ];
        }
    }

    /// <summary>Asks about one picture and records the answer; false = there was none because nobody can be asked now.</summary>
    private static async Task<bool> AskAsync(
        ImageWork work,
        ImageSubject image,
        VideoFrame frame,
        IReadOnlyList<string> tags,
        ImageQuestions questions,
        AnalysisLog log,
        Tally tally
    )
    {
        var answer = frame.Jpeg.IsEmpty
            ? new PictureAnswer { Reason = frame.Reason ?? "nothing could be decoded" }
            : await questions.AskAsync(new VlmPicture(frame.Planned, frame.Jpeg), tags);
        if (answer is null)
        {
            return false;
        }

        await log.AppendAsync(
            new FrameRecord
            {
                Planned = frame.Planned,
                Time = frame.Time,
                Vocabulary = questions.VocabularyOf(tags),
                Answer = answer,
                Run = work.Settings.Run,
                Of = image.Fingerprint,
            },
            CancellationToken.None
        );
        tally.Asked(answer);
        return true;
    }

    /// <summary>Counts of one call.</summary>
    private sealed class Tally
    {
        private readonly Lock _sync = new();

        public ImageWorkResult Result { get; private set; } = new();

        public string? MediaReason { get; private set; }

        public void Done() => Change(result => result with { Done = result.Done + 1 });

        public void Asked(PictureAnswer answer) =>
            Change(result =>
                result with
                {
                    Answered = result.Answered + (answer.Tags is null ? 0 : 1),
                    Recorded = result.Recorded + 1,
                    Requests = result.Requests + answer.Requests,
                }
            );

        public void MediaAway(string reason) =>
            Change(result =>
            {
                MediaReason ??= reason;
                return result with { MediaAway = result.MediaAway + 1 };
            });

        private void Change(Func<ImageWorkResult, ImageWorkResult> change)
        {
            lock (_sync)
            {
                Result = change(Result);
            }
        }
    }
}

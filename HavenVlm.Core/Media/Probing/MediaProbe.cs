using System.Globalization;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Probing;

/// <summary>Finds out what a video really is: what Stash or the container claims is often not what can be decoded.</summary>
internal sealed class MediaProbe(ProbeQuestion question, PacketSurveyor surveyor, RestartedClock clock)
{
    private static readonly TimeSpan LongestVideo = TimeSpan.FromHours(100);
    private static readonly TimeSpan SinglePicture = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Unremarkable = TimeSpan.FromSeconds(2);

    /// <summary>The facts of a video.</summary>
    /// <exception cref="MediaException">It is no video, or none that can be decoded; says what and why.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public Task<VideoFacts> ProbeAsync(MediaInput input, CancellationToken cancellationToken) =>
        ProbeAsync(input, early: null, cancellationToken);

    /// <summary>The same for whoever can begin with what is known before the end of a long video is found.</summary>
    /// <param name="input">The file.</param>
    /// <param name="early">Called with facts whose length is what the container claims, and which know the beginning alone; null = nobody.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MediaException">It is no video, or none that can be decoded; says what and why.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public async Task<VideoFacts> ProbeAsync(MediaInput input, Action<VideoFacts>? early, CancellationToken cancellationToken)
    {
        var container = await DetectAsync(input, cancellationToken);
        return await ProbeAsync(input, container, early, cancellationToken);
    }

    private static async Task<string> DetectAsync(MediaInput input, CancellationToken cancellationToken)
    {
        var head = await input.ReadHeadAsync(MediaContainer.HeadLength, cancellationToken);
        if (MediaContainer.Detect(head.Span) is { } container)
        {
            return container;
        }

        // A tag of sound files comes before some recordings of the radio and TV.
        var tag = MediaContainer.TagLength(head.Span);
        var longHead = await input.ReadHeadAsync(tag + MediaContainer.LongHeadLength, cancellationToken);
        return MediaContainer.Detect(longHead.Span[Math.Min(tag, longHead.Length)..])
            ?? throw new MediaException($"'{input.Name}' is not a video file: it is {MediaContainer.Describe(head.Span)}.");
    }

    /// <summary>The facts of a video in a container that is known.</summary>
    /// <exception cref="MediaException">It cannot be decoded; says what and why.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public Task<VideoFacts> ProbeAsync(MediaInput input, string container, CancellationToken cancellationToken) =>
        ProbeAsync(input, container, early: null, cancellationToken);

    private async Task<VideoFacts> ProbeAsync(
        MediaInput input,
        string container,
        Action<VideoFacts>? early,
        CancellationToken cancellationToken
    )
    {
        var parts = await clock.FindPartsAsync(input, container, cancellationToken);
        if (parts.Count is 0 or > RestartedClock.MostParts)
        {
            var facts = await ProbeOneAsync(input, container, parts.Count == 0 ? early : null, cancellationToken);
            return parts.Count == 0
                ? facts
                : facts with
                {
                    Notes =
                    [
                        .. facts.Notes,
                        $"its clock goes back {parts.Count - 1} times: pictures may be missed, and markers lie at wrong times",
                    ],
                };
        }

        var probed = new List<VideoPart>();
        foreach (var (start, end) in parts)
        {
            try
            {
                var facts = await ProbeOneAsync(new PartMediaInput(input, start, end), container, early: null, cancellationToken);
                var from = probed.Count == 0 ? TimeSpan.Zero : probed[^1].From + probed[^1].Facts.Duration;
                probed.Add(new VideoPart(start, end, from, facts));
            }
            catch (MediaException)
            {
                // A scrap without pictures between two recordings.
            }
        }

        return probed.Count == 0 ? await ProbeOneAsync(input, container, early: null, cancellationToken) : JoinedVideo.Of(probed);
    }

    private async Task<VideoFacts> ProbeOneAsync(
        MediaInput input,
        string container,
        Action<VideoFacts>? early,
        CancellationToken cancellationToken
    )
    {
        var isSmall = input.Length is { } length && length <= PacketSurveyor.WindowBytes;
        var (reply, beginning) = isSmall
            ? (await question.AskAsync(input, container, withPackets: true, cancellationToken), null)
            : await AskAndLookAsync(input, container, cancellationToken);
        var video = reply.Video ?? throw NoPicture(input, reply);
        Check(input, video);
        var containerStart = PacketScanner.ParseTime(reply.Format.StartTime) ?? TimeSpan.Zero;
        var claimedEnd = ClaimedEnd(reply, video, containerStart);
        var source = new PacketSource(input, container, reply.VideoIndex, video.FramesPerSecond);
        if (isSmall)
        {
            beginning = PacketSurveyor.Beginning(source, reply.Packets, video.Index, claimedEnd);
        }

        if (early is not null && beginning is { ReachedEnd: false, Start: { } start } && claimedEnd > start + Unremarkable)
        {
            var first = PacketSurvey.Of(start, claimedEnd.Value, beginning, middle: null);
            if (!first.IsEncrypted && first.End - first.Start <= LongestVideo)
            {
                early(FactsOf(reply, video, container, containerStart, claimedEnd, first));
            }
        }

        var survey = await surveyor.SurveyAsync(source, claimedEnd, beginning, cancellationToken);
        if (survey is null)
        {
            throw new MediaException(
                $"'{input.Name}' has a video stream ({video.CodecName}), but no picture in it can be read: the file is cut off or damaged."
            );
        }

        if (survey.IsEncrypted)
        {
            throw new MediaException($"'{input.Name}' is encrypted; it cannot be decoded without its key.");
        }

        if (survey.End - survey.Start > LongestVideo)
        {
            throw new MediaException(
                $"'{input.Name}' says that it lasts {(survey.End - survey.Start).TotalHours:0} hours: its times are damaged. Up to {LongestVideo.TotalHours:0} hours are read."
            );
        }

        CheckLength(input, survey, reply.Format);
        return FactsOf(reply, video, container, containerStart, claimedEnd, survey);
    }

    private static VideoFacts FactsOf(
        ProbeReply reply,
        ProbeStream video,
        string container,
        TimeSpan containerStart,
        TimeSpan? claimedEnd,
        PacketSurvey survey
    )
    {
        var (width, height) = DisplayedSize(video);
        var isCounted = MediaContainer.IsRawPictures(container);
        var frameRate = survey.FrameRate > 0 && !isCounted ? survey.FrameRate : video.FramesPerSecond;
        return new VideoFacts
        {
            Duration = survey.End - survey.Start,
            ClaimedDuration = Claimed(survey, claimedEnd),
            ContainerStart = containerStart + (isCounted ? TimeSpan.Zero : DecoderDelay(survey, video, frameRate)),
            StartOffset = survey.Start - containerStart,
            Width = width,
            Height = height,
            Rotation = video.Orientation.Rotation,
            IsMirrored = video.Orientation.IsMirrored,
            Color = video.Color,
            FrameRate = frameRate,
            KeyframeInterval = survey.KeyframeInterval,
            LongestKeyframeInterval = survey.LongestKeyframeInterval,
            Container = container,
            Stream = reply.VideoIndex,
            Codec = video.CodecName ?? "",
            HasBFrames = survey.IsReordered,
            BitRate = survey.BitRate > 0 ? survey.BitRate : ParseLong(reply.Format.BitRate),
            HasPictureTimes = survey.IsTimed,
            Notes = isCounted
                ?
                [
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the file has no times: its pictures are counted at {frameRate:0.###} a second"
                    ),
                ]
                : [],
        };
    }

    /// <summary>Both at the same time: mostly the film is the first stream with pictures, and somebody waits for the first one.</summary>
    private async Task<(ProbeReply Reply, PacketWindow? Beginning)> AskAndLookAsync(
        MediaInput input,
        string container,
        CancellationToken cancellationToken
    )
    {
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var looking = MediaContainer.IsRawPictures(container)
            ? Task.FromResult<PacketWindow?>(null)
            : surveyor.LookAtBeginningAsync(new PacketSource(input, container, Stream: null), failing.Token);
        try
        {
            var reply = await question.AskAsync(input, container, withPackets: false, cancellationToken);
            if (reply.Video is not null && reply.VideoIndex is null)
            {
                return (reply, await looking);
            }

            await failing.CancelAsync();
            await ((Task)looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return (reply, null);
        }
        catch
        {
            await failing.CancelAsync();
            await ((Task)looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private static void Check(MediaInput input, ProbeStream video)
    {
        if (video.CodecName is not { Length: > 0 } codec || !MediaCodecs.IsAccepted(codec))
        {
            var name =
                video.CodecName is { Length: > 0 } known and not "unknown" ? known
                : video.CodecTag is { Length: > 0 } tag && !tag.StartsWith("[0]", StringComparison.Ordinal) ? tag
                : "one that ffmpeg does not know";
            throw new MediaException($"The pictures in '{input.Name}' are in a format that is not decoded: {name}.");
        }

        if ((long)video.Width * video.Height > FrameArguments.MaxPixels)
        {
            throw new MediaException($"The pictures of '{input.Name}' are too large to decode: {video.Width} x {video.Height}.");
        }

        if (video.Width <= 0 || video.Height <= 0)
        {
            throw new MediaException(
                $"'{input.Name}' has a video stream ({codec}) without a picture size: the file is cut off or damaged."
            );
        }
    }

    // A cover that is not marked as one, or a file that ends with its first pictures: nobody would call it analyzed.
    private static void CheckLength(MediaInput input, PacketSurvey survey, ProbeFormat format)
    {
        var pictures = survey.End - survey.Start;
        if (pictures < SinglePicture && PacketScanner.ParseTime(format.Duration) is { } whole && whole > Unremarkable)
        {
            throw new MediaException(
                $"'{input.Name}' lasts {whole.TotalSeconds:0.#} s, but its pictures only {pictures.TotalSeconds:0.##} s: it is a cover with sound, or cut off."
            );
        }
    }

    private static MediaException NoPicture(MediaInput input, ProbeReply reply)
    {
        // What of it is left are covers, or there would be a video.
        var kinds = reply
            .Streams.Select(stream => stream.CodecType is "video" ? "a cover picture" : stream.CodecType ?? "unknown")
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return new MediaException(
            kinds switch
            {
                [] => $"'{input.Name}' holds no streams: the file is cut off or damaged.",
                ["audio"] => $"'{input.Name}' holds only sound, no pictures.",
                _ => $"'{input.Name}' holds no video stream, only: {string.Join(", ", kinds)}.",
            }
        );
    }

    private static TimeSpan? ClaimedEnd(ProbeReply reply, ProbeStream video, TimeSpan containerStart)
    {
        var start = PacketScanner.ParseTime(video.StartTime) ?? containerStart;
        if (PacketScanner.ParseTime(video.Duration) is { Ticks: > 0 } own)
        {
            return start + own;
        }

        return PacketScanner.ParseTime(reply.Format.Duration) is { Ticks: > 0 } whole ? containerStart + whole : null;
    }

    private static TimeSpan Claimed(PacketSurvey survey, TimeSpan? claimedEnd) =>
        claimedEnd - survey.Start is { } claimed
        && claimed <= LongestVideo
        && claimed - (survey.End - survey.Start) is var missing
        && missing > Unremarkable
        && missing > claimed * 0.02
            ? claimed
            : TimeSpan.Zero;

    // Pictures without a time of their own come out of the decoder under the time of the packet that pushed them out.
    private static TimeSpan DecoderDelay(PacketSurvey survey, ProbeStream video, double frameRate) =>
        survey.IsStartTimed || frameRate <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(video.BFrames / frameRate);

    private static (int Width, int Height) DisplayedSize(ProbeStream video)
    {
        var width = Math.Max(1, (int)Math.Round(video.Width * video.PixelAspectRatio));
        return video.Orientation.Rotation is 90 or 270 ? (video.Height, width) : (width, video.Height);
    }

    private static long ParseLong(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
}

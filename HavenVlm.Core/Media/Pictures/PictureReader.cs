using System.Runtime.CompilerServices;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Pictures;

/// <summary>Reads images: says what they are, and gives their pictures upright, flattened and scaled as JPEG, like frames of videos.</summary>
internal sealed class PictureReader(MediaProbe probe, FrameDecoder decoder, FrameExtractor extractor, DecoderGate gate)
{
    /// <summary>Largest still picture that is read, in bytes.</summary>
    public const long MaxStill = 512L << 20;

    // Exif lies in the first 64 KB of a JPEG, behind a small header.
    private const int HeadLength = 128 * 1024;
    private const int MaxWebp = 64 << 20;
    private const int MaxTiff = 128 << 20;
    private const int ExifFlag = 0x08;

    /// <summary>Largest still picture that is decoded, 16384 x 16384: unlike with a video, only one is in memory.</summary>
    private const int MaxPixels = 16384 * 16384;

    // A quarter of the time between the most looks that there are.
    private const int SamplesPerTolerance = 32;

    private static readonly TimeSpan OneTolerance = TimeSpan.FromMilliseconds(20);
    private static readonly string SignatureFilter = $"scale={FrameSignature.Side}:{FrameSignature.Side}:flags=area";

    /// <summary>The format of an image.</summary>
    /// <exception cref="MediaException">It is none that is read; says what it is.</exception>
    public static PictureFormat Recognize(string name, ReadOnlySpan<byte> head) =>
        PictureFormats.Detect(head)
        ?? throw new MediaException($"'{name}' is no image that can be read: it is {MediaContainer.Describe(head)}.");

    /// <summary>What an image is.</summary>
    /// <param name="input">The image.</param>
    /// <param name="size">Its size in bytes as Stash says, for what is not on this machine.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MediaException">It is none that can be read; says what and why.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public async Task<PictureFacts> InspectAsync(MediaInput input, long size, CancellationToken cancellationToken)
    {
        var head = await input.ReadHeadAsync(HeadLength, cancellationToken);
        var format = Recognize(input.Name, head.Span);
        if (format == PictureFormat.Video)
        {
            return new PictureFacts
            {
                Format = format,
                Video = await probe.ProbeAsync(input, cancellationToken),
                Moves = true,
            };
        }

        // What Stash says may be out of date or made up.
        size = input.Length ?? size;
        if (size > MaxStill)
        {
            throw new MediaException(
                $"'{input.Name}' is {PictureFormats.NameOf(format)} of {size >> 20} MB; up to {MaxStill >> 20} MB are read."
            );
        }

        if (format == PictureFormat.Tiff)
        {
            await RequireDecodableAsync(input, head, cancellationToken);
        }

        // In a WebP the orientation and the moving pictures come after the first one.
        var all = format == PictureFormat.AnimatedWebp || (format == PictureFormat.Webp && HasExif(head.Span));
        var bytes = all && size > head.Length ? await input.ReadHeadAsync((int)Math.Min(size, MaxWebp), cancellationToken) : head;
        return format switch
        {
            PictureFormat.AnimatedWebp => Webp(input, bytes),
            PictureFormat.Gif or PictureFormat.AnimatedPng or PictureFormat.AnimatedAvif or PictureFormat.AnimatedHeic => await MovingAsync(
                input,
                format,
                bytes,
                cancellationToken
            ),
            _ => Still(format, bytes.Span),
        };
    }

    /// <summary>The pictures at these times, in their order; one that cannot be decoded says why.</summary>
    /// <param name="input">The image.</param>
    /// <param name="facts">What it is.</param>
    /// <param name="maxImageSize">Longest side of a picture in pixels.</param>
    /// <param name="times">The times, ascending.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<VideoFrame> ReadAsync(
        MediaInput input,
        PictureFacts facts,
        int maxImageSize,
        IReadOnlyList<TimeSpan> times,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (facts.Format == PictureFormat.Video)
        {
            var settings = new PictureSettings { MaxImageSize = maxImageSize, Hwaccel = "none" };
            var tolerance = facts.Video.Duration / SamplesPerTolerance;
            await foreach (var frame in extractor.ExtractAsync(input, facts.Video, settings, times, tolerance, cancellationToken))
            {
                yield return frame;
            }

            yield break;
        }

        if (facts.Format == PictureFormat.AnimatedWebp)
        {
            foreach (var time in times)
            {
                var picture = facts.WebpPictures.MinBy(p => (p.Time - time).Duration())!;
                var still = new PipedMediaInput(input.Name, AnimatedWebp.ToStill(facts.Webp.Span, picture));
                await foreach (var frame in DecodeAsync(still, facts, maxImageSize, [TimeSpan.Zero], cancellationToken))
                {
                    yield return frame with
                    {
                        Planned = time,
                        Time = picture.Time,
                    };
                }
            }

            yield break;
        }

        await foreach (var frame in DecodeAsync(input, facts, maxImageSize, times, cancellationToken))
        {
            yield return frame;
        }
    }

    // ffmpeg gives black pictures for some kinds, without a complaint.
    private static async Task RequireDecodableAsync(MediaInput input, ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        var needed = Tiff.DirectoryEnd(head.Span);
        var bytes = needed > head.Length && needed <= MaxTiff ? await input.ReadHeadAsync((int)needed, cancellationToken) : head;
        if (Tiff.UndecodableCompression(bytes.Span) is { } compression)
        {
            throw new MediaException($"'{input.Name}' is a TIFF picture whose compression is not decoded: {compression}.");
        }
    }

    private static bool HasExif(ReadOnlySpan<byte> head) =>
        head.Length > 20 && head[12..16].SequenceEqual("VP8X"u8) && (head[20] & ExifFlag) != 0;

    private static PictureFacts Webp(MediaInput input, ReadOnlyMemory<byte> bytes)
    {
        var (pictures, duration) = AnimatedWebp.Read(bytes.Span);
        var still = Still(PictureFormat.AnimatedWebp, bytes.Span);
        return pictures.Count == 0
            ? throw new MediaException($"'{input.Name}' is an animated WebP without a whole picture: the file is cut off or damaged.")
            : still with
            {
                Video = still.Video with { Duration = duration },
                Moves = true,
                WebpPictures = pictures,
                Webp = bytes,
            };
    }

    private static PictureFacts Still(PictureFormat format, ReadOnlySpan<byte> bytes) =>
        new()
        {
            Format = format,
            Upright = PictureOrientation.Filters(format, bytes),
            Video = new VideoFacts
            {
                Duration = TimeSpan.Zero,
                Width = 1,
                Height = 1,
                Container = PictureFormats.ContainerOf(format)!,
                Codec = "",
            },
        };

    private async Task<PictureFacts> MovingAsync(
        MediaInput input,
        PictureFormat format,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellationToken
    )
    {
        var video = await probe.ProbeAsync(input, PictureFormats.ContainerOf(format)!, cancellationToken);
        var still = Still(format, bytes.Span);
        var isFilm = format is PictureFormat.AnimatedAvif or PictureFormat.AnimatedHeic;
        return still with
        {
            Video = video,
            Moves = true,
            // These turn as films do.
            Upright = isFilm ? [.. PictureFilters.Upright(video)] : still.Upright,
        };
    }

    /// <summary>Decodes from the beginning, because these formats cannot be entered anywhere else, and they are short.</summary>
    private async IAsyncEnumerable<VideoFrame> DecodeAsync(
        MediaInput input,
        PictureFacts facts,
        int maxImageSize,
        IReadOnlyList<TimeSpan> times,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // A picture may be late by any time: the last one stays on screen.
        var run = new DecodeRun(DecodeSkip.Nothing, times, OneTolerance, facts.Video.Duration + OneTolerance, Threads: 1)
        {
            SeekMargin = facts.Video.Duration + TimeSpan.FromHours(1),
        };
        var request = new FrameRequest(input, facts.Video, run, Filter(facts, maxImageSize), SignatureFilter) { MaxPixels = MaxPixels };
        var complaint = "";
        var decoded = new List<DecodedFrame>();
        using (await gate.EnterForStillAsync(cancellationToken))
        {
            await foreach (var frame in decoder.DecodeAsync(request, "none", text => complaint = text, cancellationToken))
            {
                decoded.Add(frame);
                if (decoded.Count == times.Count)
                {
                    break;
                }
            }
        }

        foreach (var time in times)
        {
            var frame = decoded.Find(each => each.Time >= time - OneTolerance) ?? decoded.LastOrDefault();
            yield return frame is null
                ? MissedFrames.Missing(time, Reason(facts, complaint))
                : new VideoFrame
                {
                    Planned = time,
                    Time = facts.Moves ? frame.Time : time,
                    Jpeg = frame.Jpeg,
                };
        }
    }

    private static string Filter(PictureFacts facts, int maxImageSize)
    {
        var side = maxImageSize.ToString(System.Globalization.CultureInfo.InvariantCulture);
        List<string> steps =
        [
            .. facts.Upright,
            $"scale=w='min({side},iw)':h='min({side},ih)':force_original_aspect_ratio=decrease:flags=bilinear,setsar=1",
        ];
        // A page's background shines through what is transparent; left alone it would be whatever lies hidden there.
        if (facts.Format is not PictureFormat.Jpeg)
        {
            steps.Add("format=yuva444p,split[over][under];[under]drawbox=t=fill:c=white:replace=1[page];[page][over]overlay=format=yuv444");
        }

        return string.Join(',', steps);
    }

    private static string Reason(PictureFacts facts, string complaint)
    {
        var name = PictureFormats.NameOf(facts.Format);
        var said = complaint.Length == 0 ? "it is cut off or damaged" : complaint.TrimEnd('.');
        return facts.Format == PictureFormat.Heic
            ? $"{name} could not be decoded ({said}); HEIC needs ffmpeg 7.1 or newer"
            : $"{name} could not be decoded: {said}";
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using FFMpegCore;
using FFMpegCore.Pipes;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Media;

/// <summary>A sample image on disk.</summary>
/// <param name="Number">Its number; the stamp in it says it as hundredths of a second of video <see cref="SampleImages.StampNumber"/>.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Tags">The tags that can be seen in it.</param>
public sealed record SampleImage(int Number, string Path, IReadOnlyList<string> Tags)
{
    /// <summary>Seconds; of clips.</summary>
    public double Duration { get; init; }

    /// <summary>The file as a scan of Stash finds it.</summary>
    /// <param name="stashPath">Path as Stash sees it, such as one in an archive; null = where it is.</param>
    public StashFile ToFile(string? stashPath = null)
    {
        var bytes = File.ReadAllBytes(Path);
        return new StashFile(0, stashPath ?? Path, new DateTimeOffset(File.GetLastWriteTimeUtc(Path)))
        {
            IsVideo = Duration > 0,
            ServedFrom = Path,
            Size = bytes.Length,
            Duration = Duration,
            Width = SampleImages.Width,
            Height = SampleImages.Height,
            Format = System.IO.Path.GetExtension(Path).TrimStart('.'),
            Fingerprints = ImmutableSortedDictionary<string, string>.Empty.Add("md5", Convert.ToHexStringLower(Md5(bytes))),
        };
    }

    // Stash's own choice for pictures; nothing here rests on its strength.
#pragma warning disable CA5351
    private static byte[] Md5(byte[] bytes) => MD5.HashData(bytes);
#pragma warning restore CA5351
}

/// <summary>Makes sample images in a folder: the pictures of the sample videos, one for each set of tags.</summary>
public sealed class SampleImages(string folder, string ffmpeg = "ffmpeg")
{
    /// <summary>Number of the video that the stamps of all images name.</summary>
    public const int StampNumber = 200;

    /// <summary>Width of every image in pixels.</summary>
    public const int Width = 320;

    /// <summary>Height of every image in pixels.</summary>
    public const int Height = 180;

    private const int MovingRate = 5;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly FfmpegFrames _frames = new(ffmpeg);
    private int _next;

    /// <summary>Draws a still picture for each set of tags.</summary>
    /// <param name="extension">Chooses the format, such as <c>jpg</c>.</param>
    /// <param name="tags">What can be seen in each.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or failed.</exception>
    public async Task<IReadOnlyList<SampleImage>> DrawAsync(
        string extension,
        IReadOnlyList<IReadOnlyList<string>> tags,
        CancellationToken cancellationToken = default
    )
    {
        var first = _next;
        _next += tags.Count;
        var pattern = Path.Combine(folder, $"image-%06d.{extension}");
        await EncodeAsync(
            first,
            tags,
            pattern,
            output => output.WithStartNumber(first).WithVideoQualityScale(3).WithCustomArgument("-f image2"),
            cancellationToken
        );
        return
        [
            .. tags.Select(
                (each, i) =>
                    new SampleImage(
                        first + i,
                        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"image-{first + i:D6}.{extension}")),
                        each
                    )
            ),
        ];
    }

    /// <summary>Draws a picture that moves: the first half shows nothing, the second half the tags.</summary>
    /// <param name="extension"><c>gif</c>, or <c>mp4</c> for a clip.</param>
    /// <param name="seconds">Its length, even.</param>
    /// <param name="tags">What can be seen in it.</param>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or failed.</exception>
    public async Task<SampleImage> DrawMovingAsync(string extension, int seconds, params IReadOnlyList<string> tags)
    {
        var (first, count) = (_next, seconds * MovingRate);
        _next += count;
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"moving-{first:D6}.{extension}"));
        var format = extension is "gif" ? "-vf split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none" : "-pix_fmt yuv420p -g 5";
        IReadOnlyList<string> none = [];
        var shown = Enumerable.Range(0, count).Select(i => i < count / 2 ? none : tags).ToList();
        await EncodeAsync(first, shown, path, output => output.WithCustomArgument(format), CancellationToken.None);
        return new SampleImage(first, path, tags) { Duration = extension is "gif" ? 0 : seconds };
    }

    private Task EncodeAsync(
        int first,
        IReadOnlyList<IReadOnlyList<string>> tags,
        string path,
        Action<FFMpegOutputOptions> output,
        CancellationToken cancellationToken
    )
    {
        var script = new SampleScript
        {
            Name = "images",
            Number = StampNumber,
            Title = "Images",
            Width = Width,
            Height = Height,
            Duration = Step * (first + tags.Count),
            Events =
            [
                .. tags.SelectMany(
                    (each, i) => each.Select(tag => new SampleEvent(tag, new SampleSpan(Step * (first + i), Step * (first + i + 1))))
                ),
            ],
        };
        return _frames.EncodeAsync(Frames(script, first, tags.Count), MovingRate, path, _ => { }, output, cancellationToken);
    }

    private static IEnumerable<IVideoFrame> Frames(SampleScript script, int first, int count)
    {
        var artist = new SceneArtist(script);
        for (var i = first; i < first + count; i++)
        {
            yield return RawFrame.Of(artist.Draw(Step * i));
        }
    }
}

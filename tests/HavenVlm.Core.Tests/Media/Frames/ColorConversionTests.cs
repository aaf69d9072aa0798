using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Tests.Media.Probing;

namespace HavenVlm.Core.Tests.Media.Frames;

/// <summary>Films of high dynamic range and wide color: five bars, red, green, blue, white and gray, mastered at the white of BT.2408.</summary>
public sealed class ColorConversionTests(MediaCorpus corpus) : IAsyncDisposable
{
    private const string Bars =
        "color=red:s=322x181:r=5:d=0.4,drawbox=x=64:w=64:color=0x00FF00:t=fill,drawbox=x=128:w=64:color=blue:t=fill,"
        + "drawbox=x=192:w=64:color=white:t=fill,drawbox=x=256:w=66:color=gray:t=fill";

    private readonly MediaParts _parts = new();

    [Theory]
    [InlineData("pq-10.mp4", VideoColor.Pq, "yuv420p10le", "HDR (PQ) is tone-mapped")]
    [InlineData("pq-12.mp4", VideoColor.Pq, "yuv420p12le", "HDR (PQ) is tone-mapped")]
    [InlineData("hlg-10.mkv", VideoColor.Hlg, "yuv420p10le", "HDR (HLG) is tone-mapped")]
    [InlineData("hlg-12.mp4", VideoColor.Hlg, "yuv422p12le", "HDR (HLG) is tone-mapped")]
    [InlineData("wide-10.mp4", "bt2020-10", "yuv420p10le", null)]
    public async Task Colors_of_HDR_and_wide_color_reach_the_model_as_they_are(string name, string transfer, string format, string? note)
    {
        var path = await FilmAsync(name, transfer, format);

        Assert.Equal("red green blue white gray", await BarsOfAsync(path));
        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);
        var settings = await DetectAsync(path, facts);
        Assert.Equal(note, ColorConversion.NoteOf(facts, settings.Color));
    }

    [Fact]
    public async Task Where_the_build_cannot_convert_that_is_said()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The ffmpeg without the filter is a shell script.");
        var path = await FilmAsync("pq-10.mp4", VideoColor.Pq, "yuv420p10le");
        var folder = Directory.CreateTempSubdirectory("haven-ffmpeg-");
        foreach (var name in new[] { "ffmpeg", "ffprobe" })
        {
            var script = Path.Combine(folder.FullName, name);
            await File.WriteAllTextAsync(
                script,
                $"#!/bin/sh\nif [ \"$2\" = -filters ]; then {name} \"$@\" | grep -v zscale; else exec {name} \"$@\"; fi\n"
            );
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }
        }

        using var without = new FfmpegLocator(folder.FullName);
        var facts = await _parts.ProbeAsync(path);
        var converted = await new ColorConversion(new FfmpegFilters(without)).ForAsync(facts, CancellationToken.None);

        Assert.Null(converted);
        Assert.Contains("has no zscale filter", ColorConversion.NoteOf(facts, converted), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(5, 0, true)]
    [InlineData(8, 1, false)]
    public async Task Dolby_Vision_whose_pictures_are_no_others_as_well_is_named(int profile, int compatibility, bool isNamed)
    {
        var path = await corpus.Make(
            $"dolby-{profile}.mp4",
            async file =>
            {
                File.Copy(await FilmAsync("pq-10.mp4", VideoColor.Pq, "yuv420p10le"), file);
                const int Level = 3;
                var bits = (profile << 9) | (Level << 3) | 0b101;
                var record = new byte[24];
                (record[0], record[2], record[3], record[4]) = (1, (byte)(bits >> 8), (byte)bits, (byte)(compatibility << 4));
                await EditedFilm.AddToDescriptionAsync(file, profile > 7 ? "dvvC" : "dvcC", record);
            }
        );

        var facts = await _parts.ProbeAsync(path);
        var settings = await DetectAsync(path, facts);

        var note = ColorConversion.NoteOf(facts, settings.Color)!;
        Assert.Equal(isNamed, note.Contains("Dolby Vision profile 5", StringComparison.Ordinal));
        Assert.Equal(isNamed, settings.Color is null);
    }

    [Theory]
    [InlineData("yuv420p10le", "high10")]
    [InlineData("yuv422p12le", "")]
    public async Task More_bits_without_HDR_need_no_conversion(string format, string profile)
    {
        var path = await corpus.Make(
            $"deep-{format}.mp4",
            file =>
                SampleVideo.MakeAsync([
                    "-f",
                    "lavfi",
                    "-i",
                    Bars,
                    .. profile.Length > 0
                        ? ["-c:v", "libx264"]
                        : (string[])["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"],
                    "-pix_fmt",
                    format,
                    file,
                ])
        );

        Assert.Null((await _parts.ProbeAsync(path)).Color);
        Assert.Equal("red green blue white gray", await BarsOfAsync(path));
    }

    [Fact]
    public async Task High_definition_keeps_its_colors_in_a_JPEG()
    {
        var path = await corpus.Make(
            "high-definition.mp4",
            file =>
                SampleVideo.MakeAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    Bars,
                    "-vf",
                    "scale=out_color_matrix=bt709,format=yuv420p,crop=320:180",
                    "-colorspace",
                    "bt709",
                    "-c:v",
                    "libx264",
                    file
                )
        );

        var frame = Assert.Single(await _parts.ExtractAsync(path, [TimeSpan.Zero], TimeSpan.FromSeconds(0.1)));
        var picture = await DecodedPicture.OfAsync(frame.Jpeg);

        // 230, 255 and 240 without the conversion.
        Assert.InRange(picture.At(0.1, 0.5).Red, 246, 255);
        Assert.InRange(picture.At(0.3, 0.5).Red, 0, 10);
        Assert.InRange(picture.At(0.5, 0.5).Blue, 246, 255);
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private Task<string> FilmAsync(string name, string transfer, string format) =>
        corpus.Make(
            name,
            path =>
                SampleVideo.MakeAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    Bars,
                    "-vf",
                    $"format=gbrp,zscale=tin=iec61966-2-1:pin=bt709:min=gbr:rin=pc:t={transfer}:p=bt2020:m=bt2020nc:r=tv:npl=203,crop=320:180,format={format}",
                    "-c:v",
                    "libx265",
                    "-preset",
                    "ultrafast",
                    "-x265-params",
                    $"log-level=none:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc",
                    path
                )
        );

    private async Task<PictureSettings> DetectAsync(string path, VideoFacts facts)
    {
        await using var input = await _parts.OpenAsync(path);
        return await _parts
            .Get<PictureAnalyzer>()
            .DetectAsync(
                input,
                facts,
                new VideoOptions { Hwaccel = "none" },
                new VrHints(false, ""),
                311,
                looks: null,
                CancellationToken.None
            );
    }

    private async Task<string> BarsOfAsync(string path)
    {
        var settings = await DetectAsync(path, await _parts.ProbeAsync(path));
        var frame = Assert.Single(await _parts.ExtractAsync(path, [TimeSpan.Zero], TimeSpan.FromSeconds(0.1), settings));
        Assert.Null(frame.Reason);
        var picture = await DecodedPicture.OfAsync(frame.Jpeg);
        return string.Join(' ', Enumerable.Range(0, 5).Select(bar => picture.NameAt((bar + 0.5) / 5, 0.5)));
    }
}

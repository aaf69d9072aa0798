using System.Net;
using System.Net.Sockets;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Tests.Media.Probing;

public sealed class MediaProbeTests(MediaCorpus corpus) : IAsyncDisposable
{
    private readonly MediaParts _parts = new();

    [Fact]
    public async Task Reads_the_facts_of_a_plain_video()
    {
        var facts = await _parts.ProbeAsync(await corpus.H264());

        Assert.Equal(20, facts.Duration.TotalSeconds, 0.05);
        Assert.Equal((SampleVideo.Width, SampleVideo.Height, 0), (facts.Width, facts.Height, facts.Rotation));
        Assert.Equal(25, facts.FrameRate, 0.1);
        Assert.Equal(2, facts.KeyframeInterval.TotalSeconds, 0.01);
        Assert.Equal(2, facts.LongestKeyframeInterval.TotalSeconds, 0.01);
        Assert.Equal(("mov", "h264"), (facts.Container, facts.Codec));
        Assert.True(facts.HasBFrames);
        Assert.Equal(TimeSpan.Zero, facts.StartOffset);
    }

    [Theory]
    [InlineData(90, 96, 160)]
    [InlineData(180, 160, 96)]
    [InlineData(270, 96, 160)]
    public async Task A_rotated_video_is_as_wide_as_it_is_shown(int rotation, int width, int height)
    {
        var facts = await _parts.ProbeAsync(await corpus.Rotated(rotation));

        Assert.Equal((width, height, rotation), (facts.Width, facts.Height, facts.Rotation));
    }

    [Fact]
    public async Task Pixels_that_are_not_square_widen_the_picture()
    {
        var path = await corpus.Make("anamorphic.mp4", 2, "-vf", "setsar=2/1", "-c:v", "libx264");

        var facts = await _parts.ProbeAsync(path);

        Assert.Equal((320, 96), (facts.Width, facts.Height));
    }

    [Fact]
    public async Task Pictures_that_begin_after_the_sound_have_a_start_offset_and_their_own_duration()
    {
        var facts = await _parts.ProbeAsync(await corpus.OffsetStart());

        Assert.Equal(3, facts.StartOffset.TotalSeconds, 0.05);
        Assert.Equal(10, facts.Duration.TotalSeconds, 0.1);
    }

    [Fact]
    public async Task A_transport_stream_begins_at_its_own_clock()
    {
        var facts = await _parts.ProbeAsync(await corpus.TransportStream());

        Assert.Equal("mpegts", facts.Container);
        Assert.True(facts.ContainerStart > TimeSpan.FromSeconds(1));
        Assert.Equal(20, facts.Duration.TotalSeconds, 0.1);
    }

    [Fact]
    public async Task Sound_that_outlasts_the_pictures_does_not_count()
    {
        var path = await corpus.Make(
            "long-audio.mkv",
            file =>
                SampleVideo.MakeAsync([
                    "-f",
                    "lavfi",
                    "-i",
                    SampleVideo.Numbers(8),
                    "-f",
                    "lavfi",
                    "-i",
                    "sine=d=120",
                    "-c:v",
                    "libx264",
                    "-c:a",
                    "aac",
                    file,
                ])
        );

        var facts = await _parts.ProbeAsync(path);

        Assert.Equal(8, facts.Duration.TotalSeconds, 0.1);
    }

    [Theory]
    [InlineData("mkv")]
    [InlineData("mp4")]
    [InlineData("avi")]
    [InlineData("flv")]
    public async Task A_truncated_file_lasts_as_long_as_there_are_pictures(string extension)
    {
        var path = await corpus.Truncated(extension);

        var facts = await _parts.ProbeAsync(path);

        Assert.InRange(facts.Duration.TotalSeconds, 15, 45);
    }

    [Theory]
    [InlineData("mpeg4.avi", "mpeg4")]
    [InlineData("vp9.webm", "vp9")]
    [InlineData("mpeg2.mpg", "mpeg2video")]
    [InlineData("hevc.mp4", "hevc")]
    [InlineData("wmv.wmv", "wmv2")]
    [InlineData("flash.flv", "flv1")]
    [InlineData("theora.ogv", "theora")]
    [InlineData("motion.mov", "mjpeg")]
    public async Task Common_codecs_and_containers_are_read(string name, string codec)
    {
        var facts = await _parts.ProbeAsync(await corpus.Common(name));

        Assert.Equal(codec, facts.Codec);
        Assert.Equal(6, facts.Duration.TotalSeconds, 0.2);
        Assert.Equal(25, facts.FrameRate, 0.5);
    }

    [Fact]
    public async Task Only_sound_is_said_to_be_only_sound()
    {
        var path = await corpus.Make("sound.mp4", file => SampleVideo.MakeAsync("-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac", file));

        var error = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.Contains("only sound", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cover_picture_is_no_video()
    {
        var path = await corpus.Make(
            "cover.mp4",
            file =>
                SampleVideo.MakeAsync([
                    "-f",
                    "lavfi",
                    "-i",
                    "sine=d=2",
                    "-f",
                    "lavfi",
                    "-i",
                    "testsrc=s=64x64:d=0.1:r=10",
                    "-map",
                    "0",
                    "-map",
                    "1",
                    "-c:a",
                    "aac",
                    "-c:v",
                    "mjpeg",
                    "-frames:v",
                    "1",
                    "-disposition:v",
                    "attached_pic",
                    file,
                ])
        );

        await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));
    }

    [Theory]
    [InlineData("", "an empty file")]
    [InlineData("hello, this is no video", "a text")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'><image href='http://127.0.0.1:{port}/x.png'/></svg>", "markup")]
    [InlineData("#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n", "playlist")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{other}\n#EXT-X-ENDLIST\n", "playlist")]
    [InlineData("ffconcat version 1.0\nfile http://127.0.0.1:{port}/a.mp4\n", "concat script")]
    [InlineData("ffconcat version 1.0\nfile {other}\n", "concat script")]
    [InlineData("<?xml version='1.0'?><MPD><BaseURL>http://127.0.0.1:{port}/</BaseURL></MPD>", "XML")]
    [InlineData("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=video {port} RTP/AVP 96\r\n", "a text")]
    [InlineData("RIFF....AVI LIST http://127.0.0.1:{port}/", "")]
    [InlineData("....ftypmp42http://127.0.0.1:{port}/a.mp4", "")]
    public async Task What_only_pretends_to_be_a_video_is_refused_and_leads_nowhere(string content, string kind)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var other = await corpus.H264();
        var folder = Directory.CreateTempSubdirectory("haven-media-");
        var path = Path.Combine(folder.FullName, "scene.mp4");
        await File.WriteAllTextAsync(
            path,
            content.Replace("{port}", $"{port}", StringComparison.Ordinal).Replace("{other}", other, StringComparison.Ordinal)
        );

        var error = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.Contains(kind, error.Message, StringComparison.Ordinal);
        Assert.False(listener.Pending());
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Pictures_named_like_videos_are_refused()
    {
        var picture = await corpus.Make(
            "picture.jpg",
            file => SampleVideo.MakeAsync("-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", "1", file)
        );
        var path = await corpus.Make("picture.mp4", file => Task.Run(() => File.Copy(picture, file)));

        var error = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.Contains("JPEG", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_a_permanent_failure()
    {
        var error = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync("/nowhere/scene.mp4"));

        Assert.Contains("/nowhere/scene.mp4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_movie_without_an_index_is_said_to_be_damaged()
    {
        var whole = await corpus.H264();
        var path = await corpus.Make(
            "no-index.mp4",
            async file =>
            {
                var bytes = await File.ReadAllBytesAsync(whole);
                await File.WriteAllBytesAsync(file, bytes[..(bytes.Length / 2)]);
            }
        );

        var error = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.Contains(
            "its index is missing, as when a copy, a download or a recording broke off ([mov",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("moov atom not found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_video_of_which_not_one_picture_is_left_is_said_to_be_damaged()
    {
        var whole = await corpus.Make("front.mp4", 20, "-c:v", "libx264", "-movflags", "+faststart");
        var path = await corpus.Make(
            "front-only.mp4",
            async file =>
            {
                var bytes = await File.ReadAllBytesAsync(whole);
                var data = bytes.AsSpan().IndexOf("mdat"u8);
                await File.WriteAllBytesAsync(file, bytes[..(data + 8)]);
            }
        );

        var error = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.Contains("cut off or damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encrypted_movie_is_said_to_be_encrypted()
    {
        var path = await corpus.Make(
            "encrypted.mp4",
            3,
            "-c:v",
            "libx264",
            "-encryption_scheme",
            "cenc-aes-ctr",
            "-encryption_key",
            "76a6c65c5ea762046bd749a2e632ccbb",
            "-encryption_kid",
            "a7e61c373e219033c21091fa607bf3b8"
        );

        var error = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.Contains("encrypted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_subtitles_are_said_to_be_only_subtitles()
    {
        var path = await corpus.Make(
            "subtitles.mkv",
            async file =>
            {
                var text = $"{file}.srt";
                await File.WriteAllTextAsync(text, "1\n00:00:00,000 --> 00:00:05,000\nhello\n");
                await SampleVideo.MakeAsync("-i", text, "-c:s", "srt", file);
            }
        );

        var error = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.Contains("subtitle", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_times_do_not_make_an_endless_video()
    {
        var path = await corpus.Make(
            "endless.mkv",
            5,
            "-vf",
            "setpts='if(gt(N,100),PTS+5e6/TB,PTS)'",
            "-fps_mode",
            "passthrough",
            "-c:v",
            "ffv1"
        );

        var error = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.Contains("hours", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_frame_rate_the_pictures_are_counted()
    {
        var facts = await _parts.ProbeAsync(await corpus.Gap());

        Assert.Equal(15, facts.FrameRate, 1.0);
        Assert.Equal(10, facts.Duration.TotalSeconds, 0.1);
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();
}

using System.Text;

namespace HavenVlm.Core.Tests.Media.Reliability;

/// <summary>Files that name others, and files whose own names look like something else.</summary>
internal sealed class PointingFiles(WholeFiles whole, Elsewhere elsewhere)
{
    private string Canary => elsewhere.CanaryFile;

    private string Address => elsewhere.CanaryAddress;

    private string Playlist => $"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n{Canary}\n#EXTINF:6,\n{Address}\n#EXT-X-ENDLIST\n";

    public IEnumerable<BrokenFile> All() => [.. Lists(), .. Hidden(), .. StrangeNames()];

    private IEnumerable<BrokenFile> Lists()
    {
        yield return Text("list.m3u8", Playlist, "a playlist");
        yield return Text("list.mp4", Playlist, "a playlist");
        yield return Text("marked-list.mp4", $"\uFEFF{Playlist}", "a playlist");
        yield return Text("late-list.mp4", $"\n\n  {Playlist}", "a playlist");
        yield return Text("script.ffconcat", $"ffconcat version 1.0\nfile '{Canary}'\n", "a concat script");
        yield return Text("script.mp4", $"ffconcat version 1.0\nfile {Address}\n", "a concat script");
        yield return Text("list.txt", $"file '{Canary}'\n", "a text");
        yield return Text(
            "session.sdp",
            "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
            "a text"
        );
        yield return Text(
            "stream.mpd",
            $"""<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT6S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{Address}</BaseURL></Representation></AdaptationSet></Period></MPD>""",
            "an XML document"
        );
        yield return Text("list.asx", $"<asx version=\"3\"><entry><ref href=\"{Address}\"/></entry></asx>", "markup");
        yield return Text("list.pls", $"[playlist]\nFile1={Address}\n", "a text");
        yield return Text("link.ram", $"{Address}\n", "a text");
        yield return Text("meta.ffmetadata.mp4", ";FFMETADATA1\n", "a text");
    }

    private IEnumerable<BrokenFile> Hidden()
    {
        yield return Rewritten("elsewhere.mov", "motion.mov", bytes => Bytes.PointElsewhere(bytes, $"Vol{Canary}"), null);
        yield return Rewritten(
            "elsewhere-relative.mov",
            "motion.mov",
            bytes => Bytes.PointElsewhere(bytes, "Vol:canary:canary.mp4", levels: 2),
            null
        );
        yield return Rewritten("elsewhere-address.mov", "motion.mov", bytes => Bytes.PointElsewhere(bytes, Address), null);
        yield return Rewritten(
            "list-behind-a-head.mp4",
            "plain.mp4",
            _ => [.. Bytes.Atom("ftyp", "isom"u8.ToArray(), new byte[4]), .. Encoding.UTF8.GetBytes(Playlist)],
            "cannot be opened|damaged|no streams"
        );
        yield return Rewritten("list-behind-a-film.mp4", "plain.mp4", bytes => [.. bytes, .. Encoding.UTF8.GetBytes(Playlist)], null) with
        {
            IsWhole = true,
        };
        yield return new BrokenFile("list-as-subtitle.avi", SubtitleAsync, null);
        yield return new BrokenFile("list-as-attachment.mkv", AttachmentAsync, null) { IsWhole = true };
        yield return Text("drawing.svg", Svg, "no image") with
        {
            IsImage = true,
        };
        yield return Text("drawing.jpg", $"<?xml version=\"1.0\"?>{Svg}", "no image") with
        {
            IsImage = true,
        };
        yield return Text("script.jpg", $"ffconcat version 1.0\nfile '{Canary}'\n", "no image") with
        {
            IsImage = true,
        };
        yield return Text("magick.png", $"push graphic-context\nimage over 0,0 0,0 '{Address}'\npop graphic-context\n", "no image") with
        {
            IsImage = true,
        };
    }

    private string Svg =>
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><image xlink:href=\"{Address}\" width=\"9\" height=\"9\"/></svg>";

    // A file is a file whatever it is called; nothing of a name is an option, an address or a pattern.
    private IEnumerable<BrokenFile> StrangeNames() =>
        from name in (string[])
            [
                "-i.mp4",
                "-f lavfi.mp4",
                "frame-%03d.mp4",
                "*.mp4",
                "a:b.mp4",
                "pipe:0",
                "concat:plain.mp4|other.mp4",
                "https:film.mp4",
                "film'; $(true).mp4",
                "line\nbreak.mp4",
                "ﬁlm \u202egpm.mp4",
            ]
        where !OperatingSystem.IsWindows() || name.IndexOfAny(Path.GetInvalidFileNameChars()) < 0
        select Rewritten(name, "plain.mp4", bytes => bytes, null) with
        {
            IsWhole = true,
        };

    // Subtitles within an AVI (GAB2) are opened as a file of their own; what they are is for ffmpeg to guess.
    private async Task SubtitleAsync(string path)
    {
        var raw = $"{path}.raw";
        await File.WriteAllBytesAsync(raw, [.. "GAB2\0"u8, 2, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(Playlist)]);
        await whole.FfmpegAsync(
            "-i",
            whole.Path("plain.avi"),
            "-f",
            "u8",
            "-ar",
            "8000",
            "-ac",
            "1",
            "-i",
            raw,
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-c",
            "copy",
            "-f",
            "avi",
            path
        );
        File.Delete(raw);
        await File.WriteAllBytesAsync(path, Bytes.Patch(await File.ReadAllBytesAsync(path), "auds"u8, 0, "txts"u8));
    }

    private async Task AttachmentAsync(string path)
    {
        var list = $"{path}.m3u8";
        await File.WriteAllTextAsync(list, Playlist);
        await whole.FfmpegAsync(
            "-i",
            whole.Path("plain.mkv"),
            "-c",
            "copy",
            "-attach",
            list,
            "-metadata:s:t",
            "mimetype=application/x-mpegurl",
            path
        );
        File.Delete(list);
    }

    private static BrokenFile Text(string name, string content, string reason) =>
        new(name, path => File.WriteAllTextAsync(path, content), reason);

    private BrokenFile Rewritten(string name, string source, Func<byte[], byte[]> change, string? reason) =>
        new(name, async path => await File.WriteAllBytesAsync(path, change(await File.ReadAllBytesAsync(whole.Path(source)))), reason);
}

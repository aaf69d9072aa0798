using System.Buffers.Binary;

namespace HavenVlm.Core.Tests.Media;

/// <summary>Four seconds of numbered pictures, 25 a second, as broadcasts, discs, cameras and editors store them.</summary>
internal static class UnusualFilms
{
    private const int Packet = 188;

    public static IReadOnlyList<string> Recordings { get; } =
    [
        "within-packet.ts",
        "corrected.ts",
        "tagged.ts",
        "within-pack.mpg",
        "zeros.mpg",
        "video-cd.dat",
        "styp.mp4",
        "a.wtv",
        "a.mxf",
        "a.nut",
        "a.h264",
        "a.hevc",
    ];

    public static IReadOnlyList<string> Codecs { get; } =
    ["utvideo.avi", "magicyuv.avi", "cfhd.mov", "qtrle.mov", "jpeg2000.mov", "v210.mov", "msvideo1.avi", "rpza.mov"];

    /// <summary>The path of one of them.</summary>
    public static Task<string> UnusualFilm(this MediaCorpus corpus, string name) =>
        name switch
        {
            "within-packet.ts" => corpus.FromAsync(name, "numbers.ts", bytes => bytes[77..]),
            "corrected.ts" => corpus.FromAsync(
                name,
                "numbers.ts",
                bytes => [.. bytes.Chunk(Packet).SelectMany(packet => packet.Concat(new byte[16]))]
            ),
            "tagged.ts" => corpus.FromAsync(
                name,
                "numbers.ts",
                bytes => [.. "ID3"u8, 4, 0, 0, 0, 0, 80, 0, .. new byte[80 * 128], .. bytes]
            ),
            "within-pack.mpg" => corpus.FromAsync(name, "numbers.mpg", bytes => bytes[1000..]),
            "zeros.mpg" => corpus.FromAsync(name, "numbers.mpg", bytes => [.. new byte[30_000], .. bytes]),
            "video-cd.dat" => corpus.FromAsync(name, "video-cd.mpg", VideoCd),
            "styp.mp4" => corpus.FromAsync(
                name,
                "fragments.mp4",
                bytes => [0, 0, 0, 24, .. "stypmsdh"u8, 0, 0, 0, 0, .. "msdhmsix"u8, .. bytes]
            ),
            _ => corpus.Make(name, Seconds, Arguments(name)),
        };

    private const double Seconds = 4;

    private static string[] Arguments(string name) =>
        name switch
        {
            "numbers.ts" => ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25"],
            "numbers.mpg" => ["-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "-g", "12"],
            "video-cd.mpg" => ["-target", "pal-vcd"],
            "fragments.mp4" => ["-c:v", "libx264", "-g", "25", "-bf", "2", "-movflags", "frag_keyframe+empty_moov+default_base_moof"],
            "a.wtv" or "a.mxf" => ["-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "-g", "12"],
            "a.nut" or "a.h264" => ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25"],
            "a.hevc" => ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=25"],
            // Each picture differs from the one before everywhere, because this encoder marks all of them as keyframes.
            "rpza.mov" =>
            [
                "-vf",
                "geq=lum='lum(X,Y)+16*mod(N,2)':cb=128:cr=128,scale=128:128:flags=neighbor,format=rgb555le",
                "-c:v",
                "rpza",
            ],
            _ => ["-c:v", Path.GetFileNameWithoutExtension(name)],
        };

    private static Task<string> FromAsync(this MediaCorpus corpus, string name, string source, Func<byte[], byte[]> change) =>
        corpus.Make(
            name,
            async path =>
            {
                var whole = await corpus.Make(source, Seconds, Arguments(source));
                await File.WriteAllBytesAsync(path, change(await File.ReadAllBytesAsync(whole)));
            }
        );

    // Sectors as a drive delivers them: mark, address, kind, 2324 bytes, check sum.
    private static byte[] VideoCd(byte[] program)
    {
        const int Content = 2324;
        var sectors = program
            .Chunk(Content)
            .SelectMany(
                (content, i) =>
                    (byte[])
                        [
                            0,
                            .. Enumerable.Repeat((byte)0xFF, 10),
                            0,
                            0,
                            2,
                            (byte)(i % 75),
                            2,
                            .. (byte[])[1, 1, 0x62, 0x0F, 1, 1, 0x62, 0x0F],
                            .. content,
                            .. new byte[Content - content.Length + 4],
                        ]
            )
            .ToArray();
        return
        [
            .. "RIFF"u8,
            .. Number(sectors.Length + 36),
            .. "CDXAfmt "u8,
            .. Number(16),
            .. new byte[16],
            .. "data"u8,
            .. Number(sectors.Length),
            .. sectors,
        ];
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}

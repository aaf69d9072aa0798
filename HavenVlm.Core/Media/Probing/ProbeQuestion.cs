using System.Text.Json;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Probing;

/// <summary>Asks ffprobe what a file is.</summary>
internal sealed class ProbeQuestion(FfmpegRunner runner)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowReadingFromString,
    };

    // What it means for people; what ffprobe said follows for whoever searches for it.
    private static readonly (string Said, string Meaning)[] Known =
    [
        ("moov atom not found", "its index is missing, as when a copy, a download or a recording broke off"),
        ("EBML header parsing failed", "its beginning is damaged"),
        ("End of file", "it ends before there is anything to see"),
    ];

    /// <summary>What ffprobe says.</summary>
    /// <param name="input">The file.</param>
    /// <param name="container">ffmpeg's name of its container.</param>
    /// <param name="withPackets">Whether the packets of the beginning are wanted as well.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MediaException">It cannot be opened; says why.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public async Task<ProbeReply> AskAsync(MediaInput input, string container, bool withPackets, CancellationToken cancellationToken)
    {
        var result = await runner.ProbeAsync(
            [
                .. InputArguments.ForProbing(input, container),
                "-show_entries",
                withPackets ? ProbeReply.WithPackets : ProbeReply.Entries,
                .. withPackets ? ["-read_intervals", PacketSurveyor.BeginningInterval] : Array.Empty<string>(),
                "-of",
                "json=c=1",
                "-i",
                input.Argument,
            ],
            input,
            Deadline,
            cancellationToken
        );
        input.ThrowIfFailed();
        if (result.ExitCode != 0)
        {
            if (result.RefusedCodec is { } codec)
            {
                throw new MediaException($"'{input.Name}' uses a format that is not decoded: {codec}.");
            }

            throw new MediaException($"'{input.Name}' cannot be opened as a video ({container}): {Reason(result)}.");
        }

        return JsonSerializer.Deserialize<ProbeReply>(result.Output.Span, Json) ?? new ProbeReply();
    }

    private static string Reason(FfmpegResult result)
    {
        var said = result.Errors.Length > 0 ? result.Errors.TrimEnd('.') : $"ffprobe ended with {result.ExitCode}";
        return Known.FirstOrDefault(known => said.Contains(known.Said, StringComparison.Ordinal)) is { Meaning: { } meaning }
            ? $"{meaning} ({said})"
            : said;
    }
}

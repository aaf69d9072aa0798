using System.Globalization;
using System.Text.Json.Serialization;

namespace HavenVlm.Core.Media.Probing;

/// <summary>A packet as ffprobe lists it among what it says about a file.</summary>
internal sealed record ProbePacket
{
    /// <summary>What is asked for; the same names as below.</summary>
    public const string Entries = "packet=stream_index,pts_time,dts_time,duration_time,size,flags:packet_side_data=side_data_type";

    [JsonPropertyName("stream_index")]
    public int Stream { get; init; }

    [JsonPropertyName("pts_time")]
    public string? Shown { get; init; }

    [JsonPropertyName("dts_time")]
    public string? Decoded { get; init; }

    [JsonPropertyName("duration_time")]
    public string? Duration { get; init; }

    [JsonPropertyName("size")]
    public string? Size { get; init; }

    [JsonPropertyName("flags")]
    public string? Flags { get; init; }

    [JsonPropertyName("side_data_list")]
    public IReadOnlyList<ProbePacketData> SideData { get; init; } = [];

    /// <summary>The packet; null = it has no time.</summary>
    /// <param name="counted">Its time where the container has none; null = it has.</param>
    /// <param name="step">Time between two that are counted.</param>
    public MediaPacket? ToPacket(TimeSpan? counted, TimeSpan step)
    {
        var shown = PacketScanner.ParseTime(Shown);
        return (counted ?? shown ?? PacketScanner.ParseTime(Decoded)) is { } time
            ? new MediaPacket(
                time,
                counted is null ? PacketScanner.ParseTime(Duration) ?? TimeSpan.Zero : step,
                int.TryParse(Size, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0,
                Flags?.Contains('K', StringComparison.Ordinal) ?? false,
                shown is not null,
                SideData.Any(data => data.Type is "Encryption info"),
                // D: discard.
                IsShown: !(Flags?.Contains('D', StringComparison.Ordinal) ?? false)
            )
            : null;
    }
}

/// <summary>Side data of a packet.</summary>
internal sealed record ProbePacketData
{
    [JsonPropertyName("side_data_type")]
    public string? Type { get; init; }
}

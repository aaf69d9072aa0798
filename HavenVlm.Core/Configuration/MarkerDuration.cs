using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HavenVlm.Core.Configuration;

/// <summary>A length of time, or a share of the video's length: <c>500ms</c>, <c>2s</c>, <c>3m</c> or <c>5%</c>.</summary>
[JsonConverter(typeof(TextConverter))]
public readonly record struct MarkerDuration
{
    private MarkerDuration(TimeSpan time, double share)
    {
        Time = time;
        Share = share;
    }

    /// <summary>The length when it is absolute, else zero.</summary>
    public TimeSpan Time { get; }

    /// <summary>The share of the video when it is relative (0 to 1), else 0.</summary>
    public double Share { get; }

    /// <summary>An absolute length.</summary>
    public static MarkerDuration OfTime(TimeSpan time) => new(time, 0);

    /// <summary>A share of the video, 0 to 1.</summary>
    public static MarkerDuration OfShare(double share) => new(TimeSpan.Zero, share);

    /// <summary>Reads <c>500ms</c>, <c>2s</c>, <c>3m</c>, <c>1h</c>, <c>5%</c> or <c>0</c>.</summary>
    /// <exception cref="FormatException">It is none of these; the message says why.</exception>
    public static MarkerDuration Parse(string text) =>
        TryParse(text, out var value, out var problem) ? value : throw new FormatException($"\"{text}\" {problem}.");

    /// <summary>The length for a video of the given length.</summary>
    public TimeSpan Resolve(TimeSpan videoDuration) => Share > 0 ? videoDuration * Share : Time;

    /// <summary>As it is written in the configuration.</summary>
    public override string ToString() => Share > 0 ? PercentText.Write(Share) : DurationText.Write(Time);

    internal static bool TryParse(string text, out MarkerDuration value, [NotNullWhen(false)] out string? problem)
    {
        if (text.EndsWith('%'))
        {
            var isShare = PercentText.TryParse(text, out var share, out problem);
            value = OfShare(share);
            return isShare;
        }

        var isTime = DurationText.TryParse(text, out var time, out problem);
        value = OfTime(time);
        return isTime;
    }

    /// <summary>As text, the same as in the configuration.</summary>
    private sealed class TextConverter : JsonConverter<MarkerDuration>
    {
        public override MarkerDuration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return Parse(reader.GetString() ?? "");
            }
            catch (FormatException e)
            {
                throw new JsonException(e.Message, e);
            }
        }

        public override void Write(Utf8JsonWriter writer, MarkerDuration value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}

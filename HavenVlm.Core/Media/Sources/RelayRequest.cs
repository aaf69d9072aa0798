using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace HavenVlm.Core.Media.Sources;

/// <summary>One request of ffmpeg to the relay, as much of it as matters.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path asked for.</param>
/// <param name="From">First byte asked for; null = no range.</param>
/// <param name="To">Last byte asked for; null = until the end.</param>
internal sealed record RelayRequest(string Method, string Path, long? From, long? To)
{
    private const int MaxHead = 8 * 1024;

    /// <summary>Reads a request's head; null = it is none, or too long.</summary>
    public static async Task<RelayRequest?> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxHead];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            length += read;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return Parse(Encoding.Latin1.GetString(buffer, 0, end));
            }
        }

        return null;
    }

    /// <summary>A request from its head without the empty line; null = it is none.</summary>
    internal static RelayRequest? Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [var method, var path, "HTTP/1.1" or "HTTP/1.0"])
        {
            return null;
        }

        var range = lines.Skip(1).FirstOrDefault(line => line.StartsWith("Range:", StringComparison.OrdinalIgnoreCase));
        var (from, to) = ParseRange(range?[6..].Trim() ?? "");
        return new RelayRequest(method, path, from, to);
    }

    // Only the one form that ffmpeg uses: what else a range may say may be ignored by a server.
    private static (long? From, long? To) ParseRange(string range)
    {
        const string Unit = "bytes=";
        if (!range.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) || range[Unit.Length..].Split('-') is not [var first, var last])
        {
            return (null, null);
        }

        if (!long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from))
        {
            return (null, null);
        }

        return long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to) && to >= from ? (from, to) : (from, null);
    }
}

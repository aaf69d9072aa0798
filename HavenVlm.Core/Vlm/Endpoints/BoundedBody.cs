namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>Reads what a server sends, up to a limit.</summary>
internal static class BoundedBody
{
    private const int FirstSize = 4096;

    /// <summary>The bytes, and whether that was everything.</summary>
    public static async Task<(ReadOnlyMemory<byte> Body, bool IsWhole)> ReadAsync(
        Stream? stream,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (stream is null)
        {
            return (ReadOnlyMemory<byte>.Empty, true);
        }

        var buffer = new byte[Math.Min(FirstSize, limit)];
        var length = 0;
        for (; ; )
        {
            if (length == buffer.Length)
            {
                if (length >= limit)
                {
                    return (buffer, false);
                }

                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, limit));
            }

            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return (buffer.AsMemory(0, length), true);
            }

            length += read;
        }
    }
}

namespace HavenVlm.Functions.Storage.Artifacts;

/// <summary>Splits what is appended into blocks that end with a line.</summary>
internal static class LineGroups
{
    /// <summary>The pieces in order. A single line that is longer than the limit is a piece of its own.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> lines, int limit)
    {
        while (lines.Length > limit)
        {
            var end = lines.Span[..limit].LastIndexOf((byte)'\n');
            if (end < 0)
            {
                end = limit + lines.Span[limit..].IndexOf((byte)'\n');
            }

            yield return lines[..(end + 1)];
            lines = lines[(end + 1)..];
        }

        if (!lines.IsEmpty)
        {
            yield return lines;
        }
    }
}

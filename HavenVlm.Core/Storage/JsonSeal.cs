using System.Security.Cryptography;
using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Storage;

/// <summary>
/// The checksum that a document carries as its last property. One flipped bit may leave a document that reads well and says something else:
/// that another tag is ours, for example. Documents of older programs and lists carry none.
/// </summary>
internal static class JsonSeal
{
    private const int Digits = 16;

    private static ReadOnlySpan<byte> Before => ",\"checksum\":\""u8;

    private static ReadOnlySpan<byte> Behind => "\"}"u8;

    private static int Length => Before.Length + Digits + Behind.Length;

    /// <summary>A value as a document with its checksum.</summary>
    public static byte[] Serialize<T>(T value)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(value, HavenJson.Options);
        return document is [(byte)'{', (byte)'"', .., (byte)'}']
            ? [.. document.AsSpan(..^1), .. Before, .. Hash(document), .. Behind]
            : document;
    }

    /// <summary>The document without its checksum.</summary>
    /// <returns>False = it is not what was written.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> content, out ReadOnlySpan<byte> document)
    {
        document = content;
        if (content.Length <= Length || !content[^Length..].StartsWith(Before) || !content.EndsWith(Behind))
        {
            return true;
        }

        document = (byte[])[.. content[..^Length], (byte)'}'];
        return content.Slice(content.Length - Digits - Behind.Length, Digits).SequenceEqual(Hash(document));
    }

    private static ReadOnlySpan<byte> Hash(ReadOnlySpan<byte> document) =>
        System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(document))[..Digits]);
}

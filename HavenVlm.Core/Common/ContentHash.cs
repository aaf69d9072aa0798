using System.Security.Cryptography;
using System.Text;

namespace HavenVlm.Core.Common;

/// <summary>Short hashes that decide whether an answer still speaks about what is asked today.</summary>
internal static class ContentHash
{
    /// <summary>The hash of a tag's description that vocabularies carry.</summary>
    public static string OfDescription(string description) => Of(12, description);

    /// <summary>So many hexadecimal digits of SHA-256 over the texts; no two lists of texts are hashed alike.</summary>
    public static string Of(int digits, params ReadOnlySpan<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..digits];
    }
}

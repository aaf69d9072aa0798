using System.Security.Cryptography;
using System.Text;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media;

namespace HavenVlm.Core.Analysis;

/// <summary>Short hashes that decide whether an answer still speaks about what is asked today.</summary>
internal static class ContentHash
{
    /// <summary>The hash of a tag's description that vocabularies carry.</summary>
    public static string OfDescription(string description) => Of(12, description);

    /// <summary>
    /// The question's part of an <see cref="AnalysisKey"/>: everything but the tags that changes what a model sees or is told.
    /// <paramref name="template"/> is the template in use, the built-in one included, so that a better built-in one asks anew.
    /// </summary>
    public static string OfQuestion(string template, TagSelection selection, PictureSettings pictures) =>
        // Of the crop only that there is one: the rectangle is a property of the video, found anew at every preparation.
        Of(
            16,
            template,
            selection.ToString(),
            $"{pictures.MaxImageSize}",
            pictures.Crop is null ? "whole" : "cropped",
            pictures.Vr.ToString()
        );

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

using System.Security.Cryptography;
using System.Text;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Prompting;

/// <summary>The part of the analysis key that says how pictures were asked about.</summary>
internal static class QuestionHash
{
    /// <summary>
    /// Hash of the template, <c>selection</c> and the picture settings, 32 hexadecimal digits; the tags are left out because each answer names
    /// the ones that it speaks about.
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="pictureSettings">Everything that changes what a picture looks like, in a stable text.</param>
    public static string Of(VlmQuestion question, string pictureSettings)
    {
        var template = string.IsNullOrWhiteSpace(question.Prompt)
            ? Prompt.BuiltInName
            : "own:" + question.Prompt.ReplaceLineEndings("\n").Trim();
        // Lengths keep "a" + "bc" apart from "ab" + "c".
        var text = $"{template.Length}:{template}\n{question.Selection}\n{pictureSettings.Length}:{pictureSettings}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }
}

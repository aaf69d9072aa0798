using System.Text.RegularExpressions;

namespace HavenVlm.Core.Diagnosis.SetUp;

/// <summary>Guesses from names which models can see: nothing else is known of a model before it is asked.</summary>
internal static partial class VisionNames
{
    /// <summary>Whether the name is one of a family that sees pictures.</summary>
    public static bool IsVisionModel(string model) => Seeing().IsMatch(model) && !Other().IsMatch(model);

    /// <summary>Those that see first, what cannot chat at all last; else as the server lists them.</summary>
    public static IReadOnlyList<string> Order(IEnumerable<string> models) =>
        [
            .. models.OrderBy(model =>
                Other().IsMatch(model) ? 2
                : Seeing().IsMatch(model) ? 0
                : 1
            ),
        ];

    [GeneratedRegex(
        "(^|[^a-z])vl([^a-z]|$)|[0-9]vl([^a-z]|$)|vision|visual|llava|pixtral|minicpm-?[vo]|internvl|moondream|gemma-?[34]|molmo|smolvlm|cogvlm|idefics|"
            + "glm-?[0-9.]+v|multimodal|omni|llama-?4|mistral-small-?3|kimi-vl|deepseek-vl|aya-vision|gpt-4o|gpt-4\\.1|gpt-5|claude|gemini|vlm",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Seeing();

    [GeneratedRegex(
        "embed|rerank|whisper|tts|dall-e|moderation|transcribe|bge-|nomic-|audio|clip",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Other();
}

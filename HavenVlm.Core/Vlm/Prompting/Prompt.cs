using System.Globalization;
using System.Text;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Prompting;

/// <summary>The words that a model is asked with. They come before the pictures and are the same in every request of a question, so that servers keep them prepared.</summary>
internal static class Prompt
{
    /// <summary>Name of the built-in template for the analysis key; a new one only when answers to the old one no longer compare.</summary>
    public const string BuiltInName = "built-in-1";

    private const string TagsPlace = "{tags}";
    private const string CountPlace = "{frameCount}";

    private const string NamesPlace = "{names}";
    private const string ByName = "Use only tags of this list, written exactly as above.";
    private const string ById = "Use only tags of this list, each by its id such as t1, never by its name.";

    private const string BuiltIn = """
        You label pictures. For each picture decide which of these tags apply to what can be seen in it:

        {tags}

        {names} Name a tag only when it can clearly be seen. An empty list is a right answer when none applies.
        """;

    /// <summary>The instructions for a request with so many pictures.</summary>
    public static string Build(VlmQuestion question, int pictures)
    {
        var isBuiltIn = string.IsNullOrWhiteSpace(question.Prompt);
        var template = isBuiltIn ? BuiltIn.Replace(NamesPlace, question.HasIds ? ById : ByName, StringComparison.Ordinal) : question.Prompt;
        var tags = TagList(question);
        var text = new StringBuilder(
            template.Replace(CountPlace, pictures.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        );
        text.Replace(TagsPlace, tags);
        if (!template.Contains(TagsPlace, StringComparison.Ordinal))
        {
            text.Append("\n\nTags:\n").Append(tags);
        }

        if (isBuiltIn && question.Selection == TagSelection.Single)
        {
            text.Append("\nName at most one tag for each picture: the one that fits best.");
        }

        // An own template that describes a form of reply is taken at its word.
        if (isBuiltIn || !DescribesReply(template))
        {
            text.Append('\n').Append(ReplyForm(question, pictures));
        }

        return text.ToString();
    }

    private static bool DescribesReply(string template) =>
        template.Contains("json", StringComparison.OrdinalIgnoreCase) || template.Contains('|', StringComparison.Ordinal);

    private static string TagList(VlmQuestion question)
    {
        var list = new StringBuilder();
        for (var i = 0; i < question.Tags.Count; i++)
        {
            var tag = question.Tags[i];
            list.Append(list.Length == 0 ? "- " : "\n- ").Append(question.HasIds ? tag.NumberedLine(i) : tag.Line);
        }

        return list.ToString();
    }

    private static string ReplyForm(VlmQuestion question, int pictures)
    {
        var asksConfidence = question.Confidence == ConfidenceKind.Reported;
        var name = question.HasIds ? "ID" : "NAME";
        var tag = asksConfidence ? $$"""{"tag": "{{name}}", "confidence": 0.0 to 1.0}""" : $"\"{name}\"";
        var one = $$"""{"tags": [{{tag}}, ...]}""";
        var many = $$"""{"pictures": [{"picture": 1, "tags": [{{tag}}, ...]}, ...]} with one entry for every picture, in order""";
        var form = pictures == 1 ? one : many;
        return $"Reply with nothing but a JSON object: {form}; \"tags\": [] when no tag applies."
            + (asksConfidence ? " The confidence says how sure you are that the tag is right." : "");
    }
}

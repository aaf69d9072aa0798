using System.Buffers;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>
/// The last resort: tags named as whole words in prose. Each sentence says yes or no of its tags or leaves it open; questions get the verdict
/// behind them, lists the one above them. A tag that stays open makes the text unusable, as a recital of the whole list does: the frame is
/// asked again rather than read wrongly.
/// </summary>
internal sealed class ProseAnswer(TagNames tags)
{
    private static readonly SearchValues<string> RefusalPhrases = SearchValues.Create(
        [
            "i'm sorry",
            "i’m sorry",
            "i am sorry",
            "i apologize",
            "i can't assist",
            "i can’t assist",
            "i cannot assist",
            "i can't help",
            "i can’t help",
            "i cannot help",
            "i can't provide",
            "i cannot provide",
            "i can't comply",
            "i cannot comply",
            "i can't analyze",
            "i cannot analyze",
            "i'm unable",
            "i’m unable",
            "i am unable",
            "i'm not able",
            "i am not able",
            "i won't",
            "i will not",
            "i must decline",
            "unable to assist",
            "as an ai",
            "against my guidelines",
            "content policy",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    private readonly ProseSentences _sentences = new(tags);

    /// <summary>Whether the text refuses instead of answering.</summary>
    public static bool IsRefusal(string text) => text.AsSpan(0, Math.Min(text.Length, 400)).ContainsAny(RefusalPhrases);

    /// <summary>Whether a text names a tag.</summary>
    public bool HasTag(string text) => _sentences.HasTag(text);

    /// <summary>Tags that the text says are there; empty when it says that none is; null when it can't be told.</summary>
    public TagMentions? Read(string text)
    {
        var (sentences, read) = _sentences.Split(text);
        var passage = new ProsePassage(read, tags);
        foreach (var sentence in sentences)
        {
            passage.Add(sentence);
        }

        return passage.Decide();
    }
}

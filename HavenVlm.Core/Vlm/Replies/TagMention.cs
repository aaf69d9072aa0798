namespace HavenVlm.Core.Vlm.Replies;

/// <summary>A tag as a reply names it.</summary>
/// <param name="Tag">The question's tag.</param>
/// <param name="Written">As the reply writes it.</param>
/// <param name="Confidence">What the reply says about it, 0 to 1, or <see cref="ConfidenceText.OutOfRange"/>; null = nothing.</param>
internal readonly record struct TagMention(string Tag, string Written, double? Confidence);

/// <summary>What a reply says about one picture. No mentions = it says that no tag applies.</summary>
internal sealed class TagMentions
{
    private const int MostUnknown = 8;
    private const int LongestUnknown = 60;

    private readonly List<TagMention> _unknown = [];
    private readonly HashSet<string> _tags = new(StringComparer.Ordinal);
    private readonly List<TagMention> _mentions = [];

    /// <summary>Each tag once, in the reply's order.</summary>
    public IReadOnlyList<TagMention> Mentions => _mentions;

    /// <summary>Names that nobody asked for.</summary>
    public int Unknown { get; private set; }

    /// <summary>The first of these names as they are written, without quotes and line breaks, and without those that are sentences.</summary>
    public IReadOnlyList<TagMention> UnknownNames => _unknown;

    /// <summary>A tag with a number that is no confidence; null = there is none.</summary>
    public string? OutOfRange => _mentions.Find(mention => mention.Confidence is { } c && double.IsNaN(c)).Tag;

    /// <summary>Adds a tag; the first mention counts.</summary>
    public void Add(string tag, string written, double? confidence)
    {
        if (_tags.Add(tag))
        {
            _mentions.Add(new TagMention(tag, written, confidence));
        }
    }

    /// <summary>Adds a name, known or not.</summary>
    public void AddName(TagNames tags, string written, double? confidence)
    {
        if (tags.Find(written) is { } tag)
        {
            Add(tag, written, confidence);
        }
        else if (!string.IsNullOrWhiteSpace(written) && !tags.IsNone(written))
        {
            Unknown++;
            AddUnknown(written, confidence);
        }
    }

    // What others wrote is kept: only what may be a name, and little of it.
    private void AddUnknown(string written, double? confidence)
    {
        var name = written.Trim().Trim('"', '\'', '`', '*', '.', ',').Trim();
        var isName = name.Length is > 0 and <= LongestUnknown && !name.Any(char.IsControl) && !name.Any(char.IsSurrogate);
        if (isName && _unknown.Count < MostUnknown && !_unknown.Exists(known => known.Tag.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            _unknown.Add(new TagMention(name, written, confidence is { } c && double.IsNaN(c) ? null : confidence));
        }
    }
}

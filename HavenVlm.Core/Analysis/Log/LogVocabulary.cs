using HavenVlm.Core.Common;

namespace HavenVlm.Core.Analysis.Log;

/// <summary>A vocabulary as a log holds it.</summary>
internal sealed class LogVocabulary
{
    private LogVocabulary(string id, string[] sortedNames, Vocabulary vocabulary)
    {
        Id = id;
        SortedNames = sortedNames;
        Vocabulary = vocabulary;
    }

    /// <summary>Hash of the content.</summary>
    public string Id { get; }

    /// <summary>Tag names in ordinal order.</summary>
    public string[] SortedNames { get; }

    public Vocabulary Vocabulary { get; }

    public static LogVocabulary Of(Vocabulary vocabulary)
    {
        var names = vocabulary.Hashes.Keys.Order(StringComparer.Ordinal).ToArray();
        string[] content = [.. names.SelectMany(name => new[] { name, vocabulary.Hashes[name] })];
        return new LogVocabulary(ContentHash.Of(12, content), names, vocabulary);
    }
}

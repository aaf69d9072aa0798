using System.Text;

namespace HavenVlm.Core.Media.Sources;

/// <summary>
/// Finds a file whose name on the disk is composed of other Unicode characters than in Stash: macOS and some shares store "é" as "e" and an
/// accent, others as one character.
/// </summary>
internal static class NameForms
{
    private const char FirstHangul = '\uAC00';
    private const char LastHangul = '\uD7A3';
    private const int Vowels = 21;
    private const int Trails = 28;

    /// <summary>The path as it is on the disk; the same path when it exists as it is, or in no form.</summary>
    public static string Find(string path)
    {
        if (Ascii.IsValid(path) || !Path.IsPathFullyQualified(path) || Path.Exists(path))
        {
            return path;
        }

        try
        {
            return InOtherForm(path) ?? path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed.
            return path;
        }
    }

    private static string? InOtherForm(string path)
    {
        var found = Path.GetPathRoot(path)!;
        foreach (var name in path[found.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var same = Path.Combine(found, name);
            if (Path.Exists(same))
            {
                found = same;
                continue;
            }

            var decomposed = Decompose(name);
            if (Ascii.IsValid(decomposed) || Directory.EnumerateFileSystemEntries(found).FirstOrDefault(IsIt) is not { } entry)
            {
                return null;
            }

            found = entry;

            bool IsIt(string candidate) => string.Equals(Decompose(Path.GetFileName(candidate)), decomposed, StringComparison.Ordinal);
        }

        return found;
    }

    /// <summary>Every character by the simplest ones that it is composed of.</summary>
    internal static string Decompose(string text)
    {
        var simple = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            Append(simple, character);
        }

        return simple.ToString();
    }

    private static void Append(StringBuilder simple, char character)
    {
        if (CanonicalPairs.All.TryGetValue(character, out var pair))
        {
            Append(simple, pair.Base);
            Append(simple, pair.Mark);
        }
        else if (character is >= FirstHangul and <= LastHangul)
        {
            // Leading consonant, vowel, and in most syllables a trailing consonant.
            var index = character - FirstHangul;
            _ = simple.Append((char)(0x1100 + (index / (Vowels * Trails)))).Append((char)(0x1161 + (index / Trails % Vowels)));
            _ = index % Trails == 0 ? simple : simple.Append((char)(0x11A7 + (index % Trails)));
        }
        else
        {
            _ = simple.Append(character);
        }
    }
}

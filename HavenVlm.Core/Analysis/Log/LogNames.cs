using System.Globalization;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Analysis.Log;

/// <summary>Names of a video's artifacts: a folder for the fingerprint, a log for each question and generation in it.</summary>
internal static class LogNames
{
    private const string LogSuffix = ".jsonl";
    private const string ForceSuffix = ".force";

    public static string Log(AnalysisKey key) => $"{Question(key)}{Digits(key.Generation)}{LogSuffix}";

    /// <summary>Holds the token that a forced generation was begun with.</summary>
    public static string Force(AnalysisKey key) => $"{Question(key)}{Digits(key.Generation)}{ForceSuffix}";

    /// <summary>Which log of a video was used last.</summary>
    public static string Latest(string fingerprint) => $"{Folder(fingerprint)}latest.json";

    /// <summary>Beginning of the names of every artifact of a video.</summary>
    public static string Folder(string fingerprint)
    {
        var hash = ContentHash.Of(32, fingerprint);
        var readable = fingerprint.Length is >= 8 and <= 64 && fingerprint.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
        return $"analysis/{hash[..2]}/{(readable ? fingerprint : "x-" + hash)}/";
    }

    /// <summary>Beginning of the names of every generation of a key.</summary>
    public static string Question(AnalysisKey key) => $"{Folder(key.Fingerprint)}{ContentHash.Of(16, key.Model, key.QuestionHash)}-";

    public static bool IsLog(string name) => name.EndsWith(LogSuffix, StringComparison.Ordinal);

    /// <summary>The generation in the name of a log or token, or null.</summary>
    public static int? GenerationOf(AnalysisKey key, string name)
    {
        var digits = Path.GetFileNameWithoutExtension(name[Question(key).Length..]);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : null;
    }

    private static string Digits(int generation) => generation.ToString("D4", CultureInfo.InvariantCulture);
}

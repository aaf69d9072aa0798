using System.Collections;

namespace HavenVlm.Functions.Hosting;

/// <summary>The app settings, which the Functions host gives to its worker as environment variables.</summary>
internal static class AppSettings
{
    /// <summary>Set to <c>true</c> to work with a Stash that asks for no key.</summary>
    public const string AllowStashWithoutKey = "HAVEN_ALLOW_STASH_WITHOUT_KEY";

    public static IReadOnlyDictionary<string, string> Read() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.OrdinalIgnoreCase);
}

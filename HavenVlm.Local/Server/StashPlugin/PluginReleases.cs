using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Local.Server.StashPlugin;

/// <summary>When a plugin last changed, and the checksum of what it was then.</summary>
internal sealed record PluginRelease(string Date, string Content);

/// <summary>
/// The dates of the plugins, from <c>stash-plugin/releases.json</c>. They cannot come from the clock or from file times: the same
/// sources have to give the same packages, and changed ones a later date.
/// </summary>
internal static class PluginReleases
{
    /// <summary>The file's name.</summary>
    public const string FileName = "releases.json";

    private const string DateFormat = "yyyy-MM-dd HH:mm:ss";

    /// <summary>The dates by plugin.</summary>
    public static IReadOnlyDictionary<string, PluginRelease> Read(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, PluginRelease>>(json, HavenJson.Options)!;

    /// <summary>The date as Stash reads it, in UTC.</summary>
    public static DateTimeOffset DateOf(PluginRelease release) =>
        DateTimeOffset.ParseExact(release.Date, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>A date as Stash reads it.</summary>
    public static string Text(DateTimeOffset date) => date.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture);

    /// <summary>The checksum over the names and contents of files.</summary>
    public static string ContentOf(IEnumerable<PluginFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\n{file.Content.Length}\n"));
            hash.AppendData(file.Content.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

using System.Reflection;
using System.Text;

namespace HavenVlm.Local.Server.StashPlugin;

/// <summary>A file of a plugin.</summary>
/// <param name="Path">Within the plugin's folder, with slashes.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record PluginFile(string Path, ReadOnlyMemory<byte> Content)
{
    public string Text => Encoding.UTF8.GetString(Content.Span);
}

/// <summary>The folder <c>stash-plugin</c> of the repository as it is inside this program.</summary>
internal static class PluginFiles
{
    private const string Prefix = "stash-plugin/";

    /// <summary>The files of one plugin, ordered by path.</summary>
    public static IReadOnlyList<PluginFile> Of(string plugin)
    {
        var start = $"{Prefix}{plugin}/";
        return
        [
            .. Names()
                .Where(name => name.StartsWith(start, StringComparison.Ordinal))
                .Select(name => new PluginFile(name[start.Length..], Read(name))),
        ];
    }

    /// <summary>A file beside the plugins.</summary>
    public static string Text(string name) => Encoding.UTF8.GetString(Read(Prefix + name));

    private static IEnumerable<string> Names() => Assembly.GetExecutingAssembly().GetManifestResourceNames().Order(StringComparer.Ordinal);

    private static byte[] Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        // A checkout on Windows may have other line ends; packages are the same everywhere.
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content.ToArray()).ReplaceLineEndings("\n"));
    }
}

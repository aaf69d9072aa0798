using System.Globalization;
using System.Text;

namespace HavenVlm.Local.Server.StashPlugin;

/// <summary>What a Stash installs the plugins from: an index and zip files beside it.</summary>
internal sealed class PluginSource
{
    /// <summary>The plugins, each a folder under <c>stash-plugin</c>.</summary>
    public static readonly IReadOnlyList<string> Plugins = ["havenvlm", "havenvlm-hooks"];

    public const string IndexName = "index.yml";

    private PluginSource(IReadOnlyList<PluginPackage> packages)
    {
        Packages = packages;
        Index = Encoding.UTF8.GetBytes(IndexOf(packages));
        LastModified = packages.Max(package => package.Date);
    }

    /// <summary>Every package.</summary>
    public IReadOnlyList<PluginPackage> Packages { get; }

    /// <summary>The index, a YAML document.</summary>
    public ReadOnlyMemory<byte> Index { get; }

    /// <summary>When the newest package changed; Stash reads the index again only when this has moved.</summary>
    public DateTimeOffset LastModified { get; }

    /// <summary>Packs what is inside this program.</summary>
    public static PluginSource Pack()
    {
        var releases = PluginReleases.Read(PluginFiles.Text(PluginReleases.FileName));
        List<PluginPackage> packages = [];
        foreach (var id in Plugins)
        {
            var files = PluginFiles.Of(id);
            var date = PluginReleases.DateOf(releases[id]);
            packages.Add(PackageOf(id, files, date, $"{id}.zip"));
            if (PluginDescription.ForOldStash(Yml(id, files)) != Yml(id, files))
            {
                packages.Add(PackageOf(id, [.. ForOldStash(id, files)], date, $"{id}-old-stash.zip") with { IsListed = false });
            }
        }

        return new PluginSource(packages);
    }

    /// <summary>Writes the index and the packages into a folder, for any web server.</summary>
    public async Task WriteAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (var package in Packages)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, package.FileName), package.Zip, cancellationToken);
        }

        await File.WriteAllBytesAsync(Path.Combine(folder, IndexName), Index, cancellationToken);
    }

    private static PluginPackage PackageOf(string id, IReadOnlyList<PluginFile> files, DateTimeOffset date, string fileName)
    {
        var yml = Yml(id, files);
        return new PluginPackage(fileName, PluginArchive.Pack(files, date))
        {
            Id = id,
            Name = PluginDescription.Value(yml, "name")!,
            Description = PluginDescription.Value(yml, "description")!,
            Version = PluginDescription.Value(yml, "version")!,
            Date = date,
            Requires = PluginDescription.Requires(yml),
        };
    }

    private static IEnumerable<PluginFile> ForOldStash(string id, IReadOnlyList<PluginFile> files) =>
        files
            .Where(file => !file.Path.EndsWith(".js", StringComparison.Ordinal) && !file.Path.EndsWith(".css", StringComparison.Ordinal))
            .Select(file =>
                file.Path == $"{id}.yml" ? file with { Content = Encoding.UTF8.GetBytes(PluginDescription.ForOldStash(file.Text)) } : file
            );

    private static string Yml(string id, IReadOnlyList<PluginFile> files) => files.Single(file => file.Path == $"{id}.yml").Text;

    private static string IndexOf(IEnumerable<PluginPackage> packages)
    {
        var index = new StringBuilder();
        foreach (var package in packages.Where(package => package.IsListed))
        {
            index.Append(
                CultureInfo.InvariantCulture,
                $"""
                - id: {package.Id}
                  name: {Quoted(package.Name)}
                  metadata:
                    description: {Quoted(package.Description)}
                  version: {Quoted(package.Version)}
                  date: {Quoted(PluginReleases.Text(package.Date))}
                  path: {package.FileName}
                  sha256: {package.Sha256}

                """
            );
            if (package.Requires.Count > 0)
            {
                index.Append(CultureInfo.InvariantCulture, $"  requires: [{string.Join(", ", package.Requires)}]\n");
            }
        }

        return index.ToString().ReplaceLineEndings("\n");
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

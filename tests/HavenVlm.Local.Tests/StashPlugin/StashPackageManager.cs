using System.IO.Compression;
using System.Security.Cryptography;
using YamlDotNet.Serialization;

namespace HavenVlm.Local.Tests.StashPlugin;

/// <summary>Installs plugins from a source by the steps of Stash's package manager.</summary>
internal static class StashPackageManager
{
    /// <summary>Installs a package and what it requires into the folder of plugins.</summary>
    public static async Task InstallAsync(HttpClient http, string indexUrl, string plugins, string id)
    {
        var packages = new DeserializerBuilder().Build().Deserialize<List<Package>>(await http.GetStringAsync(indexUrl));
        var package = packages.Single(listed => listed.id == id);
        foreach (var required in package.requires)
        {
            await InstallAsync(http, indexUrl, plugins, required);
        }

        // A path is beside the index unless it is absolute or an address of its own.
        var index = new Uri(indexUrl);
        var path = index.AbsolutePath[..index.AbsolutePath.LastIndexOf('/')] + "/" + package.path;
        var zip = await http.GetByteArrayAsync(new Uri(index, path));
        Assert.Equal(package.sha256, Convert.ToHexStringLower(SHA256.HashData(zip)));
        Assert.True(DateTime.TryParseExact(package.date, "yyyy-MM-dd HH:mm:ss", null, default, out _), package.date);
        await UnpackAsync(zip, Path.Combine(plugins, id));
    }

    /// <summary>Unpacks a zip file, as a person does for a Stash that has no sources of packages.</summary>
    public static async Task UnpackAsync(byte[] zip, string folder)
    {
        using var stream = new MemoryStream(zip);
        await using var archive = new ZipArchive(stream);
        Directory.CreateDirectory(folder);
        await archive.ExtractToDirectoryAsync(folder);
    }

    /// <summary>The fields by their names in the file.</summary>
    private sealed class Package
    {
#pragma warning disable IDE1006
        public string id { get; set; } = "";

        public string name { get; set; } = "";

        public Dictionary<string, string> metadata { get; set; } = [];

        public string version { get; set; } = "";

        public string date { get; set; } = "";

        public string path { get; set; } = "";

        public string sha256 { get; set; } = "";

        public List<string> requires { get; set; } = [];
#pragma warning restore IDE1006
    }
}

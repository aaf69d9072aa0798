using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Local.Server.StashPlugin;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.StashPlugin;

/// <summary>The packages and their index: what a Stash installs from.</summary>
public sealed class PluginSourceTests(VideosFixture videos)
{
    private static readonly JsonSerializerOptions Readable = new(HavenJson.Options) { WriteIndented = true };

    [Fact]
    public async Task Stash_installs_the_plugins_from_the_service_without_a_key()
    {
        await using var world = await World.CreateAsync(videos);
        world.Server = "server: { listen: \"http://127.0.0.1:0\", apiKey: the-key }";
        await world.ConfigureAsync();
        await using var haven = world.Serve();
        var index = $"{await haven.ListeningAsync()}/plugin/index.yml";

        await StashPackageManager.InstallAsync(world.Http, index, world.PluginsFolder, "havenvlm-hooks");
        world.Stash.ReloadPlugins();

        var plugins = await world.AskStashAsync("{ plugins { id version tasks { name } } }");
        Assert.Equal(
            """[{"id":"havenvlm","version":"0.1.0","tasks":["Tag Videos","Tag Images","Update","Collect Incorrect Markers and Images","Find Marker Settings","Undo","Cancel"]},{"id":"havenvlm-hooks","version":"0.1.0","tasks":[]}]""",
            JsonSerializer.Serialize(
                plugins
                    .GetProperty("plugins")
                    .EnumerateArray()
                    .Select(plugin => new
                    {
                        id = plugin.GetProperty("id").GetString(),
                        version = plugin.GetProperty("version").GetString(),
                        tasks = plugin.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("name").GetString()),
                    })
            )
        );
        // Stash asks this way whether the index has changed.
        using var head = await world.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, index));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.NotNull(head.Content.Headers.LastModified);
        using var missing = await world.Http.GetAsync(index.Replace("index.yml", "other.zip", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Old_Stash_takes_only_the_variant_made_for_it()
    {
        await using var world = await World.CreateAsync(videos, StashVersion.Old2023);
        var packages = PluginSource.Pack().Packages;
        var current = packages.Single(package => package.FileName == "havenvlm.zip");
        await StashPackageManager.UnpackAsync(current.Zip.ToArray(), Path.Combine(world.PluginsFolder, "new"));
        world.Stash.ReloadPlugins();
        var refusal = Assert.Single(world.Stash.Log).Message;
        Assert.Contains("field settings not found in type plugin.Config", refusal, StringComparison.Ordinal);
        Directory.Delete(world.PluginsFolder, recursive: true);

        var made = packages.Single(package => package.FileName == "havenvlm-old-stash.zip");
        await StashPackageManager.UnpackAsync(made.Zip.ToArray(), Path.Combine(world.PluginsFolder, "havenvlm"));
        world.Stash.ReloadPlugins();
        var plugins = await world.AskStashAsync("{ plugins { id tasks { name } } }");
        Assert.Equal(7, plugins.GetProperty("plugins")[0].GetProperty("tasks").GetArrayLength());
    }

    [Fact]
    public void The_same_sources_make_the_same_packages()
    {
        var (one, two) = (PluginSource.Pack(), PluginSource.Pack());

        Assert.Equal(one.Index.ToArray(), two.Index.ToArray());
        Assert.Equal(one.Packages.Select(package => package.Sha256), two.Packages.Select(package => package.Sha256));
        Assert.All(
            one.Packages.Where(package => package.IsListed),
            package => Assert.Contains(package.Sha256, Encoding.UTF8.GetString(one.Index.Span), StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_part_names_the_version_of_the_product()
    {
        var version = typeof(ApiRoutes).Assembly.GetName().Version!.ToString(3);

        Assert.All(PluginSource.Pack().Packages, package => Assert.Equal(version, package.Version));
        var runner = PluginFiles.Of("havenvlm").Single(file => file.Path == "havenvlm_runner/__init__.py").Text;
        Assert.Equal(
            version,
            Regex
                .Match(runner, "VERSION = \"(?<version>.+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
                .Groups["version"]
                .Value
        );
    }

    /// <summary>Stash offers an update by date. HAVEN_WRITE_REFERENCE=1 gives changed plugins the date of now.</summary>
    [Fact]
    public void A_plugin_that_changed_has_a_new_date()
    {
        var known = PluginReleases.Read(PluginFiles.Text(PluginReleases.FileName));
        var found = PluginSource.Plugins.ToDictionary(id => id, id => PluginReleases.ContentOf(PluginFiles.Of(id)), StringComparer.Ordinal);
        if (Environment.GetEnvironmentVariable("HAVEN_WRITE_REFERENCE") == "1")
        {
            var releases = found.ToDictionary(
                plugin => plugin.Key,
                plugin =>
                    known.GetValueOrDefault(plugin.Key) is { } release && release.Content == plugin.Value
                        ? release
                        : new PluginRelease(PluginReleases.Text(TimeProvider.System.GetUtcNow()), plugin.Value),
                StringComparer.Ordinal
            );
            var json = JsonSerializer.Serialize(releases, Readable);
            File.WriteAllText(Path.Combine(SourceFolder.Root, "stash-plugin", PluginReleases.FileName), json + "\n");
            return;
        }

        Assert.Equal(found, known.ToDictionary(release => release.Key, release => release.Value.Content, StringComparer.Ordinal));
    }
}

using HavenVlm.Simulation.Stash.Plugins;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Simulation.Stash.Http;

/// <summary>Scripts and styles of plugins as Stash's pages load them.</summary>
internal sealed class PluginFiles(PluginHost host)
{
    public IResult Javascript(string id) => Serve(host.Find(id), plugin => plugin.Javascript, "text/javascript");

    public IResult Css(string id) => Serve(host.Find(id), plugin => plugin.Css, "text/css");

    private static IResult Serve(PluginManifest? plugin, Func<PluginManifest, IReadOnlyList<string>> files, string type) =>
        plugin is null
            ? Results.NotFound()
            : Results.Text(string.Join('\n', files(plugin).Select(name => File.ReadAllText(Path.Combine(plugin.Folder, name)))), type);
}

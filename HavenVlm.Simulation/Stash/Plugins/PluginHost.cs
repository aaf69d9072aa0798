using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace HavenVlm.Simulation.Stash.Plugins;

/// <summary>The plugins in a folder: loads them as the simulated version does and runs their processes.</summary>
internal sealed class PluginHost(SimulatedStashOptions options, StashLog log, PluginSessions sessions)
{
    private volatile ImmutableArrayBox _plugins = new([]);

    /// <summary>The port that plugins are told.</summary>
    public int Port { get; set; }

    public ImmutableArray<PluginManifest> Plugins => _plugins.Items;

    public PluginManifest? Find(string id) => Plugins.FirstOrDefault(plugin => plugin.Id == id);

    /// <summary>Reads every <c>.yml</c> in the folder and below; one that this version does not take is named in the log and left out.</summary>
    public void Reload()
    {
        var found = ImmutableArray.CreateBuilder<PluginManifest>();
        var ids = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string[] files = Directory.Exists(options.PluginsPath)
            ? Directory.GetFiles(options.PluginsPath, "*.yml", SearchOption.AllDirectories)
            : [];
        Array.Sort(files, StringComparer.Ordinal);
        foreach (var file in files)
        {
            try
            {
                var plugin = PluginManifest.Read(file, options.Version);
                if (ids.Add(plugin.Id))
                {
                    found.Add(plugin);
                }
                else
                {
                    log.Add("error", $"Error loading plugin {file}: plugin ID {plugin.Id} already exists");
                }
            }
            catch (InvalidDataException e)
            {
                log.Add("error", $"Error loading plugin {file}: {e.Message}");
            }
        }

        _plugins = new ImmutableArrayBox(found.ToImmutable());
    }

    /// <summary>Runs a plugin's process for a task (with its default arguments) or, without one, for an operation.</summary>
    public Task<PluginResult> RunAsync(
        PluginManifest plugin,
        PluginOperation? task,
        JsonObject arguments,
        IProgress<double> progress,
        CancellationToken cancellation
    )
    {
        var args = (JsonObject)arguments.DeepClone();
        foreach (var (name, value) in task?.Defaults ?? ImmutableDictionary<string, string>.Empty)
        {
            if (!args.ContainsKey(name))
            {
                args[name] = value;
            }
        }

        var input = new JsonObject { ["server_connection"] = Connection(plugin), ["args"] = args };
        var command = plugin
            .Exec.Concat(task?.Arguments ?? [])
            .Select(part => part.Replace("{pluginDir}", plugin.Folder, StringComparison.Ordinal));
        return PluginProcess.RunAsync([.. command], input, new PluginLogReader(plugin.Name, log, progress), cancellation);
    }

    /// <summary>Runs the hooks for a change, one after the other; Stash answers the change when the last has ended.</summary>
    public async Task RunHooksAsync(StashHook hook, CancellationToken cancellation)
    {
        foreach (var plugin in Plugins)
        {
            foreach (var operation in plugin.Hooks.Where(candidate => candidate.TriggeredBy.Contains(hook.Type, StringComparer.Ordinal)))
            {
                var arguments = new JsonObject { ["hookContext"] = hook.ToHookContext() };
                var result = await RunAsync(plugin, operation, arguments, new Progress<double>(), cancellation);
                if (result.Error is { } error)
                {
                    log.Add("error", $"{hook.Type} [{plugin.Name}]: returned error: {error}");
                }
                else
                {
                    log.Add("debug", $"{hook.Type} [{plugin.Name}]: returned: {result.Output?.ToJsonString()}");
                }
            }
        }
    }

    private JsonObject Connection(PluginManifest plugin) =>
        new()
        {
            ["Scheme"] = "http",
            // As the configuration has it, which is no address that can be called.
            ["Host"] = "0.0.0.0",
            [nameof(Port)] = Port,
            ["SessionCookie"] = sessions.NewCookie(),
            ["Dir"] = "/root/.stash",
            ["PluginDir"] = plugin.Folder,
        };

    private sealed record ImmutableArrayBox(ImmutableArray<PluginManifest> Items);
}

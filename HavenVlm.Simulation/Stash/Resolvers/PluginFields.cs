using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.Plugins;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>An installed plugin: what it is called and what runs when it is called, with the task's name or null for an operation.</summary>
internal sealed record StashPlugin(
    string Id,
    string Name,
    IReadOnlyList<string> Tasks,
    Func<string?, JsonObject, IProgress<double>, CancellationToken, Task<PluginResult>> Run
)
{
    public string? Description { get; init; }

    public string? Version { get; init; }
}

/// <summary>Running plugins, as tasks in the queue or, on newer servers, at once with an answer.</summary>
internal sealed class PluginFields(JobQueue jobs, PluginHost host, StashLog log, StashVersion version)
{
    private readonly ConcurrentDictionary<string, StashPlugin> _added = new(StringComparer.Ordinal);

    private IEnumerable<StashPlugin> Plugins =>
        host.Plugins.Select(Loaded).Concat(_added.Values).OrderBy(plugin => plugin.Id, StringComparer.Ordinal);

    public void Add(StashPlugin plugin) => _added[plugin.Id] = plugin;

    public void Register(ResolverMap map)
    {
        map.Add<object>("Query", "plugins", _ => Plugins);
        map.Add<StashPlugin>("Plugin", "id", plugin => plugin.Id);
        map.Add<StashPlugin>("Plugin", "name", plugin => plugin.Name);
        map.Add<StashPlugin>("Plugin", "description", plugin => plugin.Description);
        map.Add<StashPlugin>("Plugin", "url", _ => null);
        map.Add<StashPlugin>("Plugin", "version", plugin => plugin.Version);
        map.Add<StashPlugin>("Plugin", "enabled", _ => true);
        map.Add<StashPlugin>("Plugin", "tasks", plugin => plugin.Tasks.Select(task => new PluginTask(plugin, task)));
        map.Add<PluginTask>("PluginTask", "name", task => task.Name);
        map.Add<PluginTask>("PluginTask", "description", _ => null);
        map.Add<PluginTask>("PluginTask", "plugin", task => task.Plugin);
        map.Add<object>("Mutation", "runPluginTask", (_, call) => RunTask(call));
        map.AddAsync("Mutation", "runPluginOperation", async (_, call) => await RunOperationAsync(call));
    }

    /// <summary>Returns when the task is in the queue. One that fails still ends as finished: the error shows in the log of the server alone.</summary>
    public int RunTask(string id, string? task, JsonObject arguments, string? description = null) =>
        jobs.Add(
            $"Running plugin task: {description ?? task ?? id}",
            async (progress, cancellation) =>
            {
                var plugin = FindTask(id, task);
                var result = await plugin.Run(task, arguments, progress, cancellation);
                log.Add(
                    result.Error is null ? "debug" : "error",
                    result.Error is { } error ? $"Plugin returned error: {error}" : $"Plugin returned: {result.Output?.ToJsonString()}"
                );
            }
        );

    private string RunTask(FieldCall call)
    {
        var job = RunTask(
            call.Arguments.Text("plugin_id")!,
            call.Arguments.Text("task_name"),
            Arguments(call.Arguments),
            call.Arguments.Text("description")
        );
        return version >= StashVersion.Release25 ? job.ToString() : "todo";
    }

    private async Task<JsonNode?> RunOperationAsync(FieldCall call)
    {
        var arguments = call.Arguments.Object("args")?.Json ?? [];
        var result = await Find(call.Arguments.Text("plugin_id")!).Run(null, arguments, new Progress<double>(), call.Cancellation);
        return result.Error is { } error ? throw new StashErrorException(error) : result.Output;
    }

    private StashPlugin FindTask(string id, string? task)
    {
        try
        {
            var plugin = Find(id);
            return task is null || plugin.Tasks.Contains(task, StringComparer.Ordinal)
                ? plugin
                : throw new StashErrorException($"no task with name {task} in plugin {plugin.Name}");
        }
        catch (StashErrorException e)
        {
            log.Add("error", $"Error creating plugin task: {e.Message}");
            throw;
        }
    }

    private StashPlugin Find(string id) =>
        Plugins.FirstOrDefault(plugin => plugin.Id == id) ?? throw new StashErrorException($"no plugin with ID {id}");

    private StashPlugin Loaded(PluginManifest plugin) =>
        new(
            plugin.Id,
            plugin.Name,
            [.. plugin.Tasks.Select(task => task.Name)],
            (task, arguments, progress, cancellation) =>
                host.RunAsync(plugin, plugin.Tasks.FirstOrDefault(known => known.Name == task), arguments, progress, cancellation)
        )
        {
            Description = plugin.Description,
            Version = plugin.Version,
        };

    private static JsonObject Arguments(InputObject call)
    {
        if (call.Object("args_map") is { } map)
        {
            return map.Json;
        }

        var result = new JsonObject();
        foreach (var argument in call.Objects("args"))
        {
            var value = argument.Object("value")?.Json.FirstOrDefault(pair => pair.Value is not null).Value;
            result[argument.Text("key")!] = value?.DeepClone();
        }

        return result;
    }

    private sealed record PluginTask(StashPlugin Plugin, string Name);
}

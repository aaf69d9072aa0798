using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using HavenVlm.Demo.Stash.GraphQl;

namespace HavenVlm.Demo.Stash.Resolvers;

/// <summary>An installed plugin: what it is called and what runs when it is called.</summary>
internal sealed record StashPlugin(
    string Id,
    string Name,
    IReadOnlyList<string> Tasks,
    Func<string?, JsonObject, CancellationToken, Task<JsonNode?>> Run
);

/// <summary>Running plugins, as tasks in the queue or, on newer servers, at once with an answer.</summary>
internal sealed class PluginFields(JobQueue jobs, StashVersion version)
{
    private readonly ConcurrentDictionary<string, StashPlugin> plugins = new(StringComparer.Ordinal);

    public void Add(StashPlugin plugin) => plugins[plugin.Id] = plugin;

    public void Register(ResolverMap map)
    {
        map.Add<object>("Query", "plugins", _ => plugins.Values.OrderBy(plugin => plugin.Id, StringComparer.Ordinal));
        map.Add<object>(
            "Query",
            "pluginTasks",
            _ => plugins.Values.SelectMany(plugin => plugin.Tasks.Select(task => new PluginTask(plugin, task)))
        );
        map.Add<StashPlugin>("Plugin", "id", plugin => plugin.Id);
        map.Add<StashPlugin>("Plugin", "name", plugin => plugin.Name);
        map.Add<StashPlugin>("Plugin", "description", _ => null);
        map.Add<StashPlugin>("Plugin", "url", _ => null);
        map.Add<StashPlugin>("Plugin", "version", _ => null);
        map.Add<StashPlugin>("Plugin", "enabled", _ => true);
        map.Add<StashPlugin>("Plugin", "tasks", plugin => plugin.Tasks.Select(task => new PluginTask(plugin, task)));
        map.Add<PluginTask>("PluginTask", "name", task => task.Name);
        map.Add<PluginTask>("PluginTask", "description", _ => null);
        map.Add<PluginTask>("PluginTask", "plugin", task => task.Plugin);
        map.Add<object>("Mutation", "reloadPlugins", _ => true);
        map.AddAsync("Mutation", "runPluginTask", async (_, call) => await RunTaskAsync(call));
        map.AddAsync(
            "Mutation",
            "runPluginOperation",
            async (_, call) => await Find(call).Run(null, call.Arguments.Object("args")?.Json ?? [], call.Cancellation)
        );
    }

    /// <summary>A task that fails still ends as finished; the error shows in the log of the server alone.</summary>
    private async Task<string> RunTaskAsync(FieldCall call)
    {
        var task = call.Arguments.Text("task_name");
        var job = jobs.Add($"Running plugin task: {task}");
        if (plugins.TryGetValue(call.Arguments.Text("plugin_id")!, out var plugin))
        {
            await plugin.Run(task, Arguments(call.Arguments), call.Cancellation);
        }

        return version >= StashVersion.Release25 ? job.ToString() : "todo";
    }

    private StashPlugin Find(FieldCall call) =>
        plugins.GetValueOrDefault(call.Arguments.Text("plugin_id")!)
        ?? throw new StashErrorException($"no plugin with ID {call.Arguments.Text("plugin_id")}");

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

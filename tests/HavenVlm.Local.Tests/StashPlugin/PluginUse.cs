using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Local.Server.StashPlugin;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Local.Tests.StashPlugin;

/// <summary>What a person does with the plugin in the simulated Stash: install it, set it up, press its buttons, read the log.</summary>
internal static class PluginUse
{
    public const string Id = "havenvlm";

    /// <summary>Installs what this program carries, without a service that serves it.</summary>
    public static async Task InstallAsync(this World world, string id = Id)
    {
        var variant = world.Stash.Version >= StashVersion.Release24 ? $"{id}.zip" : $"{id}-old-stash.zip";
        var packages = PluginSource.Pack().Packages;
        var package = packages.FirstOrDefault(found => found.FileName == variant) ?? packages.First(found => found.Id == id);
        await StashPackageManager.UnpackAsync(package.Zip.ToArray(), Path.Combine(world.PluginsFolder, id));
        world.Stash.ReloadPlugins();
        Assert.DoesNotContain(world.Stash.Log, line => line.Message.StartsWith("Error loading plugin", StringComparison.Ordinal));
    }

    /// <summary>Enters address and key: on the page of plugin settings where Stash has one, else in the file.</summary>
    public static async Task SetUpAsync(this World world, string address, string key = "", bool doNotWait = false)
    {
        var settings = new JsonObject
        {
            ["address"] = address,
            ["key"] = key,
            ["doNotWait"] = doNotWait,
        };
        if (world.Stash.Version >= StashVersion.Release24)
        {
            await world.AskStashAsync(
                "mutation($m: Map!) { configurePlugin(plugin_id: \"havenvlm\", input: $m) }",
                new JsonObject { ["m"] = settings }
            );
        }
        else
        {
            await File.WriteAllTextAsync(Path.Combine(world.PluginsFolder, Id, "havenvlm.json"), settings.ToJsonString());
        }
    }

    /// <summary>Presses the button of a task; the job's id.</summary>
    public static int Press(this World world, string task, JsonObject? arguments = null) => world.Stash.RunPluginTask(Id, task, arguments);

    /// <summary>Presses the button of a task and waits for the job's end; the log from then on.</summary>
    public static async Task<IReadOnlyList<string>> RunTaskAsync(this World world, string task, JsonObject? arguments = null)
    {
        var before = world.Stash.Log.Count;
        world.Press(task, arguments);
        await world.Stash.JobsEndedAsync();
        return [.. world.Stash.Log.Skip(before).Select(line => $"{line.Level}: {line.Message}")];
    }

    /// <summary>What the scene page asks; the plugin's output.</summary>
    public static async Task<JsonElement> OperateAsync(this World world, object arguments)
    {
        var reply = await world.AskStashAsync(
            "mutation($a: Map) { runPluginOperation(plugin_id: \"havenvlm\", args: $a) }",
            new JsonObject { ["a"] = JsonSerializer.SerializeToNode(arguments) }
        );
        return reply.GetProperty("runPluginOperation");
    }

    /// <summary>The same asked of the plugin's process with the mark that container engines set; what it printed.</summary>
    public static async Task<string> OperateInContainerAsync(this World world, object arguments)
    {
        var folder = Path.Combine(world.PluginsFolder, Id);
        var start = new ProcessStartInfo("python3", [Path.Combine(folder, "havenvlm.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["container"] = "podman";
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(
            JsonSerializer.Serialize(
                new
                {
                    server_connection = new
                    {
                        Scheme = "http",
                        Host = "0.0.0.0",
                        Port = new Uri(world.Stash.Address).Port,
                        PluginDir = folder,
                    },
                    args = arguments,
                }
            )
        );
        process.StandardInput.Close();
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonSerializer
            .Deserialize<JsonElement>(printed)
            .GetProperty("output")
            .GetProperty("problem")
            .ToString()
            .Replace("\u0027", "'", StringComparison.Ordinal);
    }

    /// <summary>Asks Stash as its owner; the data.</summary>
    public static async Task<JsonElement> AskStashAsync(this World world, string query, JsonObject? variables = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{world.Stash.Address}/graphql");
        request.Headers.Add("ApiKey", "stash-secret");
        request.Content = JsonContent.Create(new JsonObject { ["query"] = query, ["variables"] = variables });
        using var response = await world.Http.SendAsync(request);
        var reply = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(reply.TryGetProperty("errors", out var errors), errors.ToString());
        return reply.GetProperty("data");
    }
}

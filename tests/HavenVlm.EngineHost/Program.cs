using System.Globalization;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.EngineHost;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;
using Microsoft.Extensions.Logging.Abstractions;

// Usage: HavenVlm.EngineHost DATA_FOLDER SEED COUNT ROUNDS
// Starts so many random trees, or joins those that a killed process left, and prints how each ended.
var seed = int.Parse(args[1], CultureInfo.InvariantCulture);
var count = int.Parse(args[2], CultureInfo.InvariantCulture);
var rounds = int.Parse(args[3], CultureInfo.InvariantCulture);

DataFolderLock folder;
try
{
    folder = await DataFolderLock.AcquireAsync(args[0], TimeProvider.System, CancellationToken.None);
}
catch (DataFolderInUseException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

using (folder)
await using (var services = TreeOrchestrator.CreateServices())
{
    await using var engine = new EmbeddedEngine(
        TreeOrchestrator.Catalog,
        services,
        folder,
        TimeProvider.System,
        new EngineOptions { MaxConcurrentActivities = 16 },
        NullLogger<EmbeddedEngine>.Instance
    );
    await engine.StartAsync(CancellationToken.None);
    folder.SetAddress("http://127.0.0.1:1");
    Console.WriteLine("running");
    for (var i = 0; i < count; i++)
    {
        var id = $"tree-{i}";
        if (await engine.GetAsync(id, withInput: false, CancellationToken.None) is null)
        {
            var tree = Tree.Random(new Random(seed + i), depth: 3);
            await engine.StartAsync("Tree", id, new TreeInput(tree, rounds, 0), CancellationToken.None);
        }
    }

    for (var i = 0; i < count; i++)
    {
        OrchestrationInstance? instance;
        while ((instance = await engine.GetAsync($"tree-{i}", withInput: false, CancellationToken.None)) is not { HasEnded: true })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        Console.WriteLine($"{instance.InstanceId} {instance.RuntimeStatus} {instance.Output}");
    }
}

return 0;

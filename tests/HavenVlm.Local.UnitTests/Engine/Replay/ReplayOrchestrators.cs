using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Local.UnitTests.Engine.Replay;

/// <summary>The orchestrators whose histories are recorded in Histories.</summary>
internal static class ReplayOrchestrators
{
    private static readonly ActivityRetryPolicy Policy = new(3, TimeSpan.FromSeconds(10), 2, TimeSpan.FromMinutes(1));

    /// <summary>Prepares, looks at three parts side by side, publishes; the result tells the order in which parts finished.</summary>
    public static async Task<string> TagAsync(IOrchestrationContext context, string scene)
    {
        var prepared = await context.CallActivityAsync<string>("Prepare", scene);
        var running = "abc".Select(part => context.CallActivityAsync<string>("Gated", $"{part}")).ToList();
        var seen = "";
        while (running.Count > 0)
        {
            var first = await Task.WhenAny(running);
            running.Remove(first);
            seen += await first;
            context.SetCustomStatus(seen);
        }

        return await context.CallActivityAsync<string>("Publish", $"{prepared}:{seen}");
    }

    /// <summary>The same after an update that publishes before it looks.</summary>
    public static async Task<string> TagInOtherOrderAsync(IOrchestrationContext context, string scene)
    {
        await context.CallActivityAsync<string>("Publish", scene);
        return await context.CallActivityAsync<string>("Prepare", scene);
    }

    /// <summary>The same after an update that needs less.</summary>
    public static Task<string> PrepareOnlyAsync(IOrchestrationContext context, string scene) =>
        context.CallActivityAsync<string>("Prepare", scene);

    /// <summary>Tries again with growing waits.</summary>
    public static Task<string> RetryAsync(IOrchestrationContext context, string scene) =>
        context.CallActivityAsync<string>("Publish", scene, Policy);

    /// <summary>An activity against a deadline of a minute, then tells what time it is.</summary>
    public static async Task<string> DeadlineAsync(IOrchestrationContext context, string scene)
    {
        using var gone = new CancellationTokenSource();
        var deadline = context.CreateTimerAsync(context.CurrentUtc.AddMinutes(1), gone.Token);
        var work = context.CallActivityAsync<string>("Prepare", scene);
        var first = await Task.WhenAny(deadline, work);
        if (first == deadline)
        {
            return $"too late at {context.CurrentUtc:HH:mm:ss}";
        }

#pragma warning disable CA1849, MA0042 // At once and on the orchestrator's own thread.
        gone.Cancel();
#pragma warning restore CA1849, MA0042
        return $"{await work} at {context.CurrentUtc:HH:mm:ss}";
    }
}

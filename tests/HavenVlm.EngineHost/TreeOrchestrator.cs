using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.EngineHost;

/// <summary>A tree that is run so many times, each time as a new run.</summary>
public sealed record TreeInput(Tree Tree, int Rounds, long Sum);

/// <summary>Runs trees.</summary>
public sealed class TreeOrchestrator : IOrchestrator<TreeInput, long>
{
    private static readonly ActivityRetryPolicy Policy = new(5, TimeSpan.FromMilliseconds(2), 1, TimeSpan.FromMilliseconds(5));

    /// <summary>Everything that an engine needs to run trees.</summary>
    public static WorkflowCatalog Catalog { get; } =
        new WorkflowCatalog().AddOrchestrator("Tree", () => new TreeOrchestrator()).AddActivity<LeafActivity, Leaf, int>("Leaf");

    /// <summary>Where an engine finds the activities.</summary>
    public static ServiceProvider CreateServices() => new ServiceCollection().AddLogging().AddScoped<LeafActivity>().BuildServiceProvider();

    /// <summary>The result of an undisturbed run.</summary>
    public static long Expected(TreeInput input) =>
        Enumerable.Range(0, input.Rounds).Aggregate(input.Sum, (sum, _) => Tree.Mix(sum, input.Tree.Expected()));

    /// <inheritdoc/>
    public async Task<long> RunAsync(IOrchestrationContext context, TreeInput input)
    {
        var sum = Tree.Mix(input.Sum, await RunAsync(context, input.Tree));
        context.SetCustomStatus(input.Rounds);
        if (input.Rounds > 1)
        {
            context.ContinueAsNew(input with { Rounds = input.Rounds - 1, Sum = sum });
        }

        return sum;
    }

    private static async Task<long> RunAsync(IOrchestrationContext context, Tree tree)
    {
        switch (tree.Kind)
        {
            case NodeKind.Activity:
                return await context.CallActivityAsync<int>("Leaf", new Leaf(tree.Value, Attempt: 1, Failures: 0));
            case NodeKind.Flaky:
                return await RunFlakyAsync(context, tree.Value);
            case NodeKind.Timer:
                await context.CreateTimerAsync(context.CurrentUtc.AddMilliseconds(tree.Value), CancellationToken.None);
                return 0;
            case NodeKind.All:
                var results = await Task.WhenAll(tree.Children.Select(child => RunAsync(context, child)));
                return results.Aggregate(1L, Tree.Mix);
            case NodeKind.AsTheyCome:
                return await RunAsTheyComeAsync(context, tree);
            case NodeKind.Deadline:
                return await RunBeforeDeadlineAsync(context, tree);
            default:
                return await RunSequenceAsync(context, tree);
        }
    }

    private static async Task<long> RunSequenceAsync(IOrchestrationContext context, Tree tree)
    {
        var sum = 1L;
        foreach (var child in tree.Children)
        {
            sum = Tree.Mix(sum, await RunAsync(context, child));
        }

        return sum;
    }

    private static async Task<long> RunAsTheyComeAsync(IOrchestrationContext context, Tree tree)
    {
        var running = tree.Children.Select(child => RunAsync(context, child)).ToList();
        var sum = 0L;
        while (running.Count > 0)
        {
            var first = await Task.WhenAny(running);
            running.Remove(first);
            sum += await first;
            // What is asked for here depends on who came first: the history must tell.
            await context.CallActivityAsync<int>("Leaf", new Leaf((int)(sum % 3), Attempt: 1, Failures: 0));
        }

        return sum;
    }

    private static async Task<long> RunBeforeDeadlineAsync(IOrchestrationContext context, Tree tree)
    {
        using var done = new CancellationTokenSource();
        var deadline = context.CreateTimerAsync(context.CurrentUtc.AddHours(1), done.Token);
        var work = RunSequenceAsync(context, tree);
        if (await Task.WhenAny(work, deadline) == deadline)
        {
            return -1;
        }

#pragma warning disable CA1849, MA0042 // At once and on the orchestrator's own thread.
        done.Cancel();
#pragma warning restore CA1849, MA0042
        return await work;
    }

    private static async Task<long> RunFlakyAsync(IOrchestrationContext context, int failures)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await context.CallActivityAsync<int>("Leaf", new Leaf(failures, attempt, failures));
            }
            catch (ActivityFailedException) when (attempt < Policy.MaxAttempts)
            {
                // The wait comes after the catch block.
            }

            await context.CreateTimerAsync(context.CurrentUtc + Policy.IntervalAfter(attempt), CancellationToken.None);
        }
    }
}

/// <summary>A leaf of a tree.</summary>
public sealed record Leaf(int Value, int Attempt, int Failures);

/// <summary>Takes a moment and returns the value, or fails as planned.</summary>
public sealed class LeafActivity : IActivity<Leaf, int>
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(Leaf input, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(input.Value), cancellationToken);
        return input.Attempt > input.Failures
            ? input.Value
            : throw new InvalidDataException($"attempt {input.Attempt} of {input.Failures + 1} failed");
    }
}

namespace HavenVlm.Simulation.Stash.Http;

/// <summary>Runs what a test wants to happen right before or after a certain change.</summary>
internal sealed class MutationInjector
{
    private readonly Lock _guard = new();
    private readonly List<(int Number, MutationMoment Moment, Func<MutationStep, Task> Action)> _planned = [];
    private int _count;

    /// <summary>Plans an action at the n-th change from now, counted from 1.</summary>
    public void Plan(int nth, MutationMoment moment, Func<MutationStep, Task> action)
    {
        lock (_guard)
        {
            _planned.Add((_count + nth, moment, action));
        }
    }

    public void Clear()
    {
        lock (_guard)
        {
            _planned.Clear();
        }
    }

    public async ValueTask<object?> AroundAsync(string field, Func<ValueTask<object?>> change, Action drop)
    {
        var step = new MutationStep(field, Interlocked.Increment(ref _count), drop);
        await RunAsync(step, MutationMoment.Before);
        var result = await change();
        await RunAsync(step, MutationMoment.After);
        return result;
    }

    private async Task RunAsync(MutationStep step, MutationMoment moment)
    {
        List<Func<MutationStep, Task>> due;
        lock (_guard)
        {
            due = [.. _planned.Where(plan => plan.Number == step.Number && plan.Moment == moment).Select(plan => plan.Action)];
        }

        foreach (var action in due)
        {
            await action(step);
        }

        if (step.Dropped)
        {
            throw new ConnectionCutException();
        }
    }
}

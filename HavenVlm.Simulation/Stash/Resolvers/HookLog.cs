using System.Collections.Concurrent;
using HavenVlm.Simulation.Stash.GraphQl;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>The hooks that fired. Stash runs them after the change is committed and waits for each, one thing after the other.</summary>
internal sealed class HookLog
{
    private readonly ConcurrentQueue<StashHook> _fired = new();

    public IReadOnlyList<StashHook> Fired => [.. _fired];

    public Func<StashHook, CancellationToken, Task>? Handler { get; set; }

    public async Task FireAsync(string type, IEnumerable<int> ids, InputObject? input, bool tellFields, CancellationToken cancellation)
    {
        foreach (var id in ids)
        {
            var hook = new StashHook(type, id, tellFields && input is not null ? [.. input.Names] : [])
            {
                Input = input?.Json.ToJsonString() ?? "{}",
            };
            _fired.Enqueue(hook);
            if (Handler is { } handler)
            {
                await handler(hook, cancellation);
            }
        }
    }

    public void Record(string type, int id) => _fired.Enqueue(new StashHook(type, id, []));

    public void Clear() => _fired.Clear();
}

using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.UnitTests.Workflows.Ports;

/// <summary>
/// Runs an orchestrator to its end against scripted activities, in milliseconds and without an engine, and records what it asked for.
/// Messages go through JSON, and every history is run twice: an orchestrator that does not repeat itself fails the test.
/// </summary>
internal sealed class ScriptedRun
{
    private readonly Dictionary<string, Func<string?, object?>> _activities = new(StringComparer.Ordinal);

    /// <summary>How long an activity takes by the orchestrator's clock.</summary>
    public TimeSpan ActivityTakes { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How far the clock is set while the n-th thing that was asked for is under way, counted over all histories from 1.</summary>
    public Func<int, TimeSpan> ClockIsSet { get; init; } = _ => TimeSpan.Zero;

    /// <summary>Histories of the instance, from the first to the one that ended.</summary>
    public List<ScriptedHistory> Histories { get; } = [];

    /// <summary>Everything asked for, over all histories.</summary>
    public IReadOnlyList<AskedFor> Asked => [.. Histories.SelectMany(history => history.Asked)];

    /// <summary>Names of what was asked for, a timer with its length.</summary>
    public IReadOnlyList<string> Steps => [.. Asked.Select(asked => asked.ToString())];

    /// <summary>Custom statuses in order, over all histories.</summary>
    public IReadOnlyList<ProgressStatus> Statuses => [.. Histories.SelectMany(history => history.Statuses)];

    /// <summary>Waits that were asked for.</summary>
    public IReadOnlyList<TimeSpan> Timers => [.. Asked.Select(asked => asked.Wait).OfType<TimeSpan>()];

    /// <summary>What an activity answers; it may throw.</summary>
    public ScriptedRun On<TInput, TOutput>(string activity, Func<TInput, TOutput> answer)
    {
        _activities[activity] = json => answer(JsonSerializer.Deserialize<TInput>(json!, HavenJson.Options)!);
        return this;
    }

    /// <summary>What an activity answers, call after call; the last answer is repeated. An exception is thrown.</summary>
    public ScriptedRun OnEach(string activity, params object[] answers)
    {
        var remaining = new Queue<object>(answers);
        _activities[activity] = _ =>
        {
            var answer = remaining.Count > 1 ? remaining.Dequeue() : remaining.Peek();
            return answer is Exception failure ? throw failure : answer;
        };
        return this;
    }

    /// <summary>The inputs with which an activity was called.</summary>
    public IReadOnlyList<TInput> InputsOf<TInput>(string activity) =>
        [
            .. Asked
                .Where(asked => string.Equals(asked.Activity, activity, StringComparison.Ordinal))
                .Select(asked => JsonSerializer.Deserialize<TInput>(asked.Input!, HavenJson.Options)!),
        ];

    public int CallsOf(string activity) => Asked.Count(asked => string.Equals(asked.Activity, activity, StringComparison.Ordinal));

    /// <summary>Runs to the end.</summary>
    public ScriptedEnd<TOutput> Run<TInput, TOutput>(Func<IOrchestrator<TInput, TOutput>> create, TInput input, string instanceId = "one")
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var json = JsonSerializer.Serialize(input, HavenJson.Options);
        while (true)
        {
            var history = new ScriptedHistory(instanceId, now, ActivityTakes, ClockIsSet, Asked.Count, Answer);
            Histories.Add(history);
            var task = RunOnce(create, history, json);
            AssertRepeatable(create, history, json);
            if (history.Next is { } next)
            {
                (json, now) = (next, history.CurrentUtc);
                continue;
            }

            return task switch
            {
                { IsFaulted: false } => new ScriptedEnd<TOutput>(Copy(task.GetAwaiter().GetResult()), Failure: null),
                { Exception.InnerException: OrchestrationFailedException failure } => new ScriptedEnd<TOutput>(default, failure.Message),
                _ => throw task.Exception!.InnerException!,
            };
        }
    }

    private static Task<TOutput> RunOnce<TInput, TOutput>(
        Func<IOrchestrator<TInput, TOutput>> create,
        ScriptedHistory history,
        string input
    )
    {
        // Continuations run in here, one after the other.
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var task = create().RunAsync(history, JsonSerializer.Deserialize<TInput>(input, HavenJson.Options)!);
            history.DeliverUntil(() => task.IsCompleted);
            return task;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private static void AssertRepeatable<TInput, TOutput>(
        Func<IOrchestrator<TInput, TOutput>> create,
        ScriptedHistory history,
        string input
    )
    {
        var again = history.Repeated();
        _ = RunOnce(create, again, input);
        Assert.Equal(history.Asked, again.Asked);
        Assert.Equal(history.Next, again.Next);
    }

    private static T Copy<T>(T value) =>
        JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, HavenJson.Options), HavenJson.Options)!;

    private string Answer(string activity, string? input)
    {
        var answer = _activities.TryGetValue(activity, out var script)
            ? script(input)
            : throw new InvalidOperationException($"The script has no answer of {activity}.");
        return JsonSerializer.Serialize(answer, HavenJson.Options);
    }
}

/// <summary>How a run ended: with an output, or failed with a reason.</summary>
internal sealed record ScriptedEnd<TOutput>(TOutput? Output, string? Failure);

/// <summary>An activity or a timer that an orchestrator asked for.</summary>
/// <param name="Activity">Name of the activity; null = a timer.</param>
/// <param name="Input">Its input as JSON.</param>
/// <param name="Wait">Length of the timer.</param>
internal sealed record AskedFor(string? Activity, string? Input, TimeSpan? Wait)
{
    public override string ToString() => Activity ?? $"timer {Wait!.Value.TotalSeconds:0.###}s";
}

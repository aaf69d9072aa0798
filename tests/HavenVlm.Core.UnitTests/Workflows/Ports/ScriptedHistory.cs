using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Core.UnitTests.Workflows.Ports;

/// <summary>One history of an orchestrator: hands out results in the order in which they are due and records what was asked for.</summary>
internal sealed class ScriptedHistory(
    string instanceId,
    DateTimeOffset start,
    TimeSpan activityTakes,
    Func<int, TimeSpan> clockIsSet,
    int before,
    Func<string, string?, string> answer
) : IOrchestrationContext
{
    private readonly DateTimeOffset _start = start;
    private readonly int _before = before;
    private readonly List<Pending> _pending = [];
    private readonly List<(string? Result, ActivityFailure? Failure)> _results = [];
    private DateTimeOffset _passed = start;
    private int _delivered = before;

    public InstanceId InstanceId => InstanceId.Known(instanceId);

    public DateTimeOffset CurrentUtc { get; private set; } = start;

    public bool IsReplaying => false;

    /// <summary>What was asked for, in order.</summary>
    public List<AskedFor> Asked { get; } = [];

    public List<ProgressStatus> Statuses { get; } = [];

    /// <summary>Input of the next history as JSON; null = this was the last.</summary>
    public string? Next { get; private set; }

    /// <summary>What had not come back when it continued as new: engines drop that.</summary>
    public IReadOnlyList<string> DroppedByContinuing { get; private set; } = [];

    /// <summary>The most activities that were out at once.</summary>
    public int MostInFlight { get; private set; }

    /// <summary>The same course again, from what was recorded.</summary>
    public ScriptedHistory Repeated()
    {
        var recorded = new Queue<(string? Result, ActivityFailure? Failure)>(_results);
        return new ScriptedHistory(
            instanceId,
            _start,
            activityTakes,
            clockIsSet,
            _before,
            (_, _) =>
            {
                var (result, failure) = recorded.Dequeue();
                return failure is null ? result! : throw new RecordedFailureException(failure);
            }
        );
    }

    public Task<TResult> CallActivityAsync<TResult>(string name, object? input)
    {
        var json = input is null ? null : JsonSerializer.Serialize(input, input.GetType(), HavenJson.Options);
        Asked.Add(new AskedFor(name, json, Wait: null));
        // Not with asynchronous continuations: the orchestrator goes on within the delivery.
        var source = new TaskCompletionSource<TResult>();
        _pending.Add(new Pending(name, _passed + activityTakes, () => Complete(source, name, json)));
        MostInFlight = Math.Max(MostInFlight, _pending.Count(pending => pending.IsActivity));
        return source.Task;
    }

    public Task CreateTimerAsync(DateTimeOffset fireAt, CancellationToken cancellationToken)
    {
        Asked.Add(new AskedFor(Activity: null, Input: null, fireAt - CurrentUtc));
        var source = new TaskCompletionSource();
        _pending.Add(new Pending(Name: null, _passed + (fireAt - CurrentUtc), source.SetResult));
        return source.Task;
    }

    public void SetCustomStatus(object? status) => Statuses.Add((ProgressStatus)status!);

    public void ContinueAsNew(object? input)
    {
        Next = JsonSerializer.Serialize(input, input!.GetType(), HavenJson.Options);
        DroppedByContinuing = [.. _pending.Select(pending => pending.Name ?? "timer")];
    }

    public ILogger CreateReplaySafeLogger(string category) => NullLogger.Instance;

    /// <summary>Delivers what is due next until the orchestrator has ended.</summary>
    public void DeliverUntil(Func<bool> ended)
    {
        while (!ended())
        {
            var next =
                _pending.MinBy(pending => pending.Due)
                ?? throw new InvalidOperationException("The orchestrator awaits something that does not come from its context.");
            _pending.Remove(next);
            var passes = next.Due > _passed ? next.Due - _passed : TimeSpan.Zero;
            _passed += passes;
            CurrentUtc += passes + clockIsSet(++_delivered);
            next.Deliver();
        }
    }

    private void Complete<TResult>(TaskCompletionSource<TResult> source, string name, string? input)
    {
        string result;
        try
        {
            result = answer(name, input);
            _results.Add((result, null));
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            var failure = e is RecordedFailureException recorded ? recorded.Failure : ActivityFailure.From(e);
            _results.Add((null, failure));
            source.SetException(new ActivityFailedException(name, failure));
            return;
        }

        source.SetResult(JsonSerializer.Deserialize<TResult>(result, HavenJson.Options)!);
    }

    private sealed record Pending(string? Name, DateTimeOffset Due, Action Deliver)
    {
        public bool IsActivity => Name is not null;
    }

    private sealed class RecordedFailureException(ActivityFailure failure) : Exception(failure.Message)
    {
        public ActivityFailure Failure { get; } = failure;
    }
}

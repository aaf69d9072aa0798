using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Core.UnitTests.Workflows;

/// <summary>
/// Runs an orchestrator with given activities and counts what Durable Functions would keep of it: an event when something is asked for,
/// one when it comes back, and two for every time the orchestrator is woken up, which is taken to be once for each.
/// </summary>
internal sealed class MeasuredRun(Func<string, object?, object?> activity) : IOrchestrationContext
{
    private const int AskedFor = 1;
    private const int CameBack = 3;
    private const int Begun = 3;

    private int _events = Begun;
    private object? _next;

    /// <summary>Events of the longest history.</summary>
    public int LongestHistory { get; private set; }

    /// <summary>Bytes of the largest message or status in UTF-16, as storage queues and tables count.</summary>
    public int LargestMessage { get; private set; }

    /// <summary>How often it continued as new.</summary>
    public int Continued { get; private set; }

    public InstanceId InstanceId { get; } = InstanceId.Known("measured");

    public DateTimeOffset CurrentUtc { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public bool IsReplaying => false;

    public async Task<TOutput> RunAsync<TInput, TOutput>(Func<IOrchestrator<TInput, TOutput>> create, TInput input)
    {
        while (true)
        {
            _next = null;
            _events = Begun;
            Measure(input);
            var output = await create().RunAsync(this, input);
            LongestHistory = Math.Max(LongestHistory, _events);
            Measure(output);
            if (_next is not TInput next)
            {
                return output;
            }

            Continued++;
            input = next;
        }
    }

    public Task<TResult> CallActivityAsync<TResult>(string name, object? input)
    {
        _events += AskedFor + CameBack;
        Measure(input);
        var result = activity(name, input);
        Measure(result);
        return Task.FromResult((TResult)result!);
    }

    public Task CreateTimerAsync(DateTimeOffset fireAt, CancellationToken cancellationToken)
    {
        _events += AskedFor + CameBack;
        CurrentUtc = fireAt;
        return Task.CompletedTask;
    }

    public void SetCustomStatus(object? status) => Measure(status);

    public void ContinueAsNew(object? input) => _next = input;

    public ILogger CreateReplaySafeLogger(string category) => NullLogger.Instance;

    private void Measure(object? message) =>
        LargestMessage = Math.Max(LargestMessage, 2 * JsonSerializer.Serialize(message, HavenJson.Options).Length);
}

using System.Globalization;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Sweeping;

/// <summary>Starts <see cref="SweepOrchestrator"/>.</summary>
/// <param name="Requests">Requests that it found or started so far; set by continue-as-new.</param>
public sealed record SweepInput(IReadOnlyList<InstanceId>? Requests = null);

/// <summary>Input of StartSweep: the run names the requests, so that a repeated call starts them once.</summary>
public sealed record StartSweepInput(string Run);

/// <summary>Output of StartSweep.</summary>
/// <param name="Requests">Requests that were started.</param>
/// <param name="Running">Requests for tagged scenes and images that ran already, the first ones.</param>
public sealed record StartSweepOutput(IReadOnlyList<InstanceId> Requests, IReadOnlyList<InstanceId>? Running = null);

/// <summary>Input of CheckSweep.</summary>
/// <param name="Run">The run that would end; null in histories of before there was one.</param>
public sealed record CheckSweepInput(string? Run);

/// <summary>Output of CheckSweep.</summary>
/// <param name="Due">Whether a sweep became due since the last look began.</param>
public sealed record CheckSweepOutput(bool Due);

/// <summary>Output of <see cref="SweepOrchestrator"/>.</summary>
/// <param name="Requests">The requests in which everything is that carried a request tag, the last ones: started by it, or running already.</param>
public sealed record SweepOutput(IReadOnlyList<InstanceId> Requests);

/// <summary>
/// The one instance that looks for request tags, starts a request for just what is in none yet, and looks once more when it became due
/// meanwhile. It does not wait for what it started.
/// </summary>
internal sealed class SweepOrchestrator : IOrchestrator<SweepInput, SweepOutput>
{
    private const int ChecksPerHistory = 50;
    private const int RequestsKept = 50;

    // Hooks come in bursts: one look answers many.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(500);

    public async Task<SweepOutput> RunAsync(IOrchestrationContext context, SweepInput input)
    {
        var requests = input.Requests ?? [];
        try
        {
            for (var looks = 1; ; looks++)
            {
                context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Preparing, Message = "Looking for request tags" });
                var run = context.CurrentUtc.UtcDateTime.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
                var started = await context.CallActivityAsync<StartSweepOutput>(
                    WorkflowNames.StartSweep,
                    new StartSweepInput(run),
                    RetryPolicies.Sweep,
                    failure => context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Waiting, Message = failure.Message })
                );
                requests = [.. requests.Union([.. started.Running ?? [], .. started.Requests]).TakeLast(RequestsKept)];
                var check = await context.CallActivityAsync<CheckSweepOutput>(
                    WorkflowNames.CheckSweep,
                    new CheckSweepInput(run),
                    RetryPolicies.Quick
                );
                if (!check.Due)
                {
                    context.SetCustomStatus(Done(requests));
                    return new SweepOutput(requests);
                }

                await context.CreateTimerAsync(context.CurrentUtc + CheckInterval, CancellationToken.None);
                if (looks == ChecksPerHistory)
                {
                    context.ContinueAsNew(new SweepInput(requests));
                    return new SweepOutput([]);
                }
            }
        }
        catch (ActivityFailedException e)
        {
            throw new OrchestrationFailedException(e.Failure.Message);
        }
    }

    private static ProgressStatus Done(IReadOnlyList<InstanceId> requests) =>
        new()
        {
            Stage = ProgressStage.Done,
            Percent = 100,
            Message = requests.Count == 0 ? "Nothing carries a request tag" : $"Running {string.Join(", ", requests)}",
        };
}

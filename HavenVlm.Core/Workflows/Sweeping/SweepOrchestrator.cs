using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Core.Workflows.Sweeping;

/// <summary>Starts <see cref="SweepOrchestrator"/>.</summary>
/// <param name="Requests">Requests that are under way; set by continue-as-new.</param>
public sealed record SweepInput(IReadOnlyList<string>? Requests = null);

/// <summary>Input of StartSweep: the run names the requests, so that a repeated call starts them once.</summary>
public sealed record StartSweepInput(string Run);

/// <summary>Output of StartSweep: ids of the requests that were started.</summary>
public sealed record StartSweepOutput(IReadOnlyList<string> Requests);

/// <summary>Input of CheckSweep.</summary>
public sealed record CheckSweepInput(IReadOnlyList<string> Requests);

/// <summary>Output of CheckSweep.</summary>
/// <param name="Ended">Whether all requests have ended.</param>
/// <param name="Due">Whether a sweep became due since the last one began.</param>
/// <param name="ScenesDone">Scenes that have ended.</param>
/// <param name="ScenesTotal">Scenes in all.</param>
/// <param name="ImagesDone">Images that have ended.</param>
/// <param name="ImagesTotal">Images in all.</param>
public sealed record CheckSweepOutput(bool Ended, bool Due, int ScenesDone, int ScenesTotal, int ImagesDone = 0, int ImagesTotal = 0)
{
    /// <summary>Scenes and images that have ended, of all, 0 to 100.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double Percent =>
        ScenesTotal + ImagesTotal == 0 ? 100 : Math.Round(100.0 * (ScenesDone + ImagesDone) / (ScenesTotal + ImagesTotal), 1);
}

/// <summary>Output of <see cref="SweepOrchestrator"/>.</summary>
/// <param name="Requests">The requests that it ran, the last ones.</param>
public sealed record SweepOutput(IReadOnlyList<string> Requests);

/// <summary>The one instance that looks for request tags, runs what it finds, and once more when it became due meanwhile.</summary>
internal sealed class SweepOrchestrator : IOrchestrator<SweepInput, SweepOutput>
{
    private const int TicksPerHistory = 100;
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(5);

    public async Task<SweepOutput> RunAsync(IOrchestrationContext context, SweepInput input)
    {
        var requests = input.Requests;
        var tick = ShortestTick;
        try
        {
            for (var ticks = 0; ; ticks++)
            {
                if (requests is null)
                {
                    context.SetCustomStatus(new ProgressStatus { Stage = "preparing", Message = "Looking for request tags" });
                    var run = context.CurrentUtc.UtcDateTime.ToString(
                        "yyyyMMddHHmmssfff",
                        System.Globalization.CultureInfo.InvariantCulture
                    );
                    var started = await context.CallActivityAsync<StartSweepOutput>(
                        WorkflowNames.StartSweep,
                        new StartSweepInput(run),
                        RetryPolicies.Patient
                    );
                    requests = started.Requests;
                    tick = ShortestTick;
                }

                var check = await context.CallActivityAsync<CheckSweepOutput>(
                    WorkflowNames.CheckSweep,
                    new CheckSweepInput(requests),
                    RetryPolicies.Quick
                );
                context.SetCustomStatus(Status(check, requests));
                if (check is { Ended: true, Due: false })
                {
                    return new SweepOutput(requests);
                }

                if (check.Ended)
                {
                    requests = null;
                }

                await context.CreateTimerAsync(context.CurrentUtc + tick, CancellationToken.None);
                tick = tick * 1.5 < LongestTick ? tick * 1.5 : LongestTick;
                if (ticks >= TicksPerHistory)
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

    private static ProgressStatus Status(CheckSweepOutput check, IReadOnlyList<string> requests) =>
        new()
        {
            Stage = check.Ended ? "done" : "analyzing",
            ScenesDone = check.ScenesDone,
            ScenesTotal = check.ScenesTotal,
            Unit = check.ImagesTotal > 0 ? ProgressStatus.Images : null,
            FramesDone = check.ImagesDone,
            FramesTotal = check.ImagesTotal,
            Percent = check.Percent,
            Message = requests.Count == 0 ? "Nothing carries a request tag" : $"Running {string.Join(", ", requests)}",
        };
}

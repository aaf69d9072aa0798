using System.Globalization;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Tuning;

/// <summary>
/// Finds marker settings from a scene whose markers a user corrected: completes its log by a dry run of the normal analysis, then
/// searches. Writes nothing to Stash and nothing to the configuration.
/// </summary>
internal sealed class FindMarkerSettingsOrchestrator : IOrchestrator<FindMarkerSettingsInput, FindMarkerSettingsOutput>
{
    private const int TicksPerHistory = 100;
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(5);

    public async Task<FindMarkerSettingsOutput> RunAsync(IOrchestrationContext context, FindMarkerSettingsInput input)
    {
        try
        {
            return await FindAsync(context, input);
        }
        catch (ActivityFailedException e)
        {
            context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Failed, Message = e.Failure.Message });
            throw new OrchestrationFailedException(e.Failure.Message);
        }
    }

    private static async Task<FindMarkerSettingsOutput> FindAsync(IOrchestrationContext context, FindMarkerSettingsInput input)
    {
        var started = input.Started ?? await StartAsync(context, input);
        var tick = ShortestTick;
        for (var ticks = 0; ; ticks++)
        {
            var check = await context.CallActivityAsync<CheckTuningOutput>(WorkflowNames.CheckTuning, started, RetryPolicies.Quick);
            context.SetCustomStatus(check.Status with { ScenesDone = 0, ScenesTotal = 1 });
            if (check.Ended)
            {
                break;
            }

            await context.CreateTimerAsync(context.CurrentUtc + tick, CancellationToken.None);
            tick = tick * 1.5 < LongestTick ? tick * 1.5 : LongestTick;
            if (ticks >= TicksPerHistory)
            {
                context.ContinueAsNew(input with { Started = started });
                return new FindMarkerSettingsOutput { SceneId = started.SceneId, Message = "continued" };
            }
        }

        var output = await context.CallActivityAsync<FindMarkerSettingsOutput>(
            WorkflowNames.FindSettings,
            new FindSettingsInput(context.InstanceId, started.SceneId),
            RetryPolicies.LongOutage,
            failure => context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Waiting, Message = failure.Message }),
            () => context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Publishing, Message = "Searching" })
        );
        context.SetCustomStatus(
            new ProgressStatus
            {
                Stage = ProgressStage.Done,
                ScenesDone = 1,
                ScenesTotal = 1,
                Percent = 100,
                Message = output.Message,
            }
        );
        return output;
    }

    private static async Task<TuningStarted> StartAsync(IOrchestrationContext context, FindMarkerSettingsInput input)
    {
        context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Preparing, Message = "Looking for the scene" });
        var run = context.CurrentUtc.UtcDateTime.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
        return await context.CallActivityAsync<TuningStarted>(
            WorkflowNames.StartTuning,
            new StartTuningInput(context.InstanceId, run, input.SceneId),
            RetryPolicies.LongOutage,
            failure => context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Waiting, Message = failure.Message }),
            () => context.SetCustomStatus(new ProgressStatus { Stage = ProgressStage.Preparing, Message = "Looking for the scene" })
        );
    }
}

using System.Globalization;
using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>
/// One scene from request to markers: prepare, ask in rounds until nothing is lacking, publish. An outage of the endpoints is waited
/// out on durable timers; every other failure is written to Stash as VLM_Errored and ends the instance Failed with its reason.
/// </summary>
internal sealed class TagSceneOrchestrator : IOrchestrator<TagSceneInput, TagSceneOutput>
{
    // A history holds at most about so many activity calls before the instance continues as new.
    private const int CallsPerHistory = 150;
    private const int RoundsWithoutProgress = 3;

    public async Task<TagSceneOutput> RunAsync(IOrchestrationContext context, TagSceneInput input)
    {
        var state =
            input.State
            ?? new TagSceneState
            {
                Run = context.CurrentUtc.UtcDateTime.ToString("yyyyMMdd't'HHmmssfff", CultureInfo.InvariantCulture),
                StartedAt = context.CurrentUtc,
                LastAnswerAt = context.CurrentUtc,
            };
        try
        {
            state = await PreparedAsync(context, input, state);
            return await TagAsync(context, input, state);
        }
        catch (Exception e) when (e is ActivityFailedException or OrchestrationFailedException)
        {
            var reason = e is ActivityFailedException failed ? failed.Failure.Message : e.Message;
            var name = SceneSummary.Name(input.SceneId, state.Preparation?.Title ?? "");
            Logger(context).LogInformation("{Scene} failed: {Reason}", Capitalized(name), reason);
            await FailAsync(context, input, state.Preparation?.Title ?? "", reason);
            throw new OrchestrationFailedException(reason);
        }
    }

    private static async Task<TagSceneState> PreparedAsync(IOrchestrationContext context, TagSceneInput input, TagSceneState state)
    {
        if (state.Preparation is not null)
        {
            return state;
        }

        context.SetCustomStatus(Status(ProgressStage.Preparing, "Finding the media of the scene"));
        var preparation = await context.CallActivityAsync<ScenePreparation>(
            WorkflowNames.PrepareScene,
            new PrepareSceneInput(context.InstanceId, state.Run, input.SceneId, input.ByName, input.ForceToken, input.DryRun),
            RetryPolicies.LongOutage,
            failure => context.SetCustomStatus(Status(ProgressStage.Waiting, failure.Message)),
            () => context.SetCustomStatus(Status(ProgressStage.Preparing, "Finding the media of the scene"))
        );
        context.SetCustomStatus(Status(ProgressStage.Preparing, "Planning what to ask") with { Title = preparation.Title });
        if (preparation.Snapshot.Length > 0)
        {
            Logger(context).LogInformation("{Scene} started", Capitalized(SceneSummary.Name(input.SceneId, preparation.Title)));
        }

        return state with
        {
            Preparation = preparation,
        };
    }

    private static async Task<TagSceneOutput> TagAsync(IOrchestrationContext context, TagSceneInput input, TagSceneState state)
    {
        var preparation = state.Preparation!;
        if (preparation.Failure is { } failure)
        {
            throw new OrchestrationFailedException(failure);
        }

        if (preparation.Snapshot.Length == 0)
        {
            context.SetCustomStatus(Status(ProgressStage.Done, preparation.Message) with { Percent = 100 });
            return new TagSceneOutput { Outcome = TagSceneOutcome.Skipped, Message = preparation.Message };
        }

        var rounds = await AskAsync(context, input, state, preparation);
        if (rounds is { SceneIsGone: true })
        {
            const string Gone = "The scene was deleted in Stash";
            context.SetCustomStatus(rounds.Status(context.CurrentUtc) with { Stage = ProgressStage.Done, Message = Gone });
            var skipped = new TagSceneOutput
            {
                Outcome = TagSceneOutcome.Skipped,
                Message = Gone,
                Requests = Math.Round(rounds.Requests, 2),
            };
            return Ended(context, input, state, skipped);
        }

        return rounds is null
            ? new TagSceneOutput { Outcome = TagSceneOutcome.Continued }
            : Ended(context, input, state, await PublishAsync(context, input, preparation.Snapshot, rounds));
    }

    private static TagSceneOutput Ended(IOrchestrationContext context, TagSceneInput input, TagSceneState state, TagSceneOutput output)
    {
        var seconds = Math.Round((context.CurrentUtc - state.StartedAt).TotalSeconds, 1);
        output = output with { Title = state.Preparation!.Title, Seconds = Math.Max(seconds, 0) };
        Logger(context).LogInformation("{Result}", Capitalized(SceneSummary.Of(input.SceneId, output)));
        return output;
    }

    private static ILogger Logger(IOrchestrationContext context) => context.CreateReplaySafeLogger(typeof(TagSceneOrchestrator).FullName!);

    private static string Capitalized(string line) => char.ToUpperInvariant(line[0]) + line[1..];

    /// <summary>Asks until nothing is lacking; null = the instance continues as new.</summary>
    private static async Task<SceneTotals?> AskAsync(
        IOrchestrationContext context,
        TagSceneInput input,
        TagSceneState state,
        ScenePreparation preparation
    )
    {
        var totals = new SceneTotals(context.CurrentUtc, preparation.Title, state.Requests);
        for (var calls = 0; ; )
        {
            var began = context.CurrentUtc;
            var plan = await context.CallActivityAsync<RoundPlanned>(
                WorkflowNames.PlanRound,
                new PlanRoundInput(preparation.Snapshot, state.Round, state.Recorded),
                RetryPolicies.Quick
            );
            totals.BeginRound(plan, state.Round);
            if (plan.Frames == 0)
            {
                return totals;
            }

            ThrowIfBeyondPlan(state, plan);
            var most = CallsPerHistory - calls;
            var round = await new RoundRun(context, preparation, plan, totals).RunAsync(most);
            calls += Math.Min(plan.Chunks, most) + 3;
            if (round.SceneIsGone)
            {
                totals.SceneIsGone = true;
                return totals;
            }

            var progressed = round.Recorded > 0 || plan.Done > state.DoneSeen || round.RetryAfter is not null;
            state = state with
            {
                Round = state.Round + 1,
                LastAnswerAt = round.Answered > 0 ? context.CurrentUtc : state.LastAnswerAt,
                WithoutAnswer = round.Answered > 0 ? TimeSpan.Zero : state.WithoutAnswer.WithRound(began, context.CurrentUtc),
                Requests = totals.Requests,
                Recorded = state.Recorded + round.Recorded,
                DoneSeen = Math.Max(state.DoneSeen, plan.Done),
                IdleRounds = progressed ? 0 : state.IdleRounds + 1,
            };
            if (state.IdleRounds >= RoundsWithoutProgress)
            {
                var reason = round.Reason ?? "every planned frame already had an answer";
                throw new OrchestrationFailedException($"No frame could be finished in {RoundsWithoutProgress} rounds: {reason}");
            }

            if (round.RetryAfter is { } wait)
            {
                state = await WaitForEndpointAsync(context, state, preparation, round, wait, totals);
            }

            if (calls >= CallsPerHistory)
            {
                context.ContinueAsNew(input with { State = state });
                return null;
            }
        }
    }

    /// <summary>The last guard of the user's money: whatever is wrong, a scene asks no more than its plan.</summary>
    private static void ThrowIfBeyondPlan(TagSceneState state, RoundPlanned plan)
    {
        if (plan.MostRecords > 0 && state.Recorded + plan.Frames > plan.MostRecords)
        {
            throw new OrchestrationFailedException(
                $"Stopped after {state.Recorded} frames: {plan.Frames} more were planned, and a scene of this length needs at most {plan.MostRecords}. "
                    + "Check the disk of the data folder, then request the scene again."
            );
        }
    }

    private static async Task<TagSceneState> WaitForEndpointAsync(
        IOrchestrationContext context,
        TagSceneState state,
        ScenePreparation preparation,
        RoundOutcome round,
        TimeSpan asked,
        SceneTotals totals
    )
    {
        var wait =
            EndpointWait.Within(asked, state.WithoutAnswer, preparation.GiveUpAfter)
            ?? throw new OrchestrationFailedException(EndpointWait.GivenUp(preparation.GiveUpAfter, state.LastAnswerAt, round.Reason));
        context.SetCustomStatus(
            totals.Status(context.CurrentUtc) with
            {
                Stage = ProgressStage.Waiting,
                EtaSeconds = null,
                Message = $"Waiting for an endpoint, no answer since {state.LastAnswerAt:u}. {round.Reason}",
            }
        );
        var began = context.CurrentUtc;
        await context.CreateTimerAsync(began + wait, CancellationToken.None);
        context.SetCustomStatus(totals.Status(context.CurrentUtc));
        return state with { WithoutAnswer = state.WithoutAnswer.WithWait(began, context.CurrentUtc, wait) };
    }

    private static async Task<TagSceneOutput> PublishAsync(
        IOrchestrationContext context,
        TagSceneInput input,
        string snapshot,
        SceneTotals totals
    )
    {
        void Publishing() =>
            context.SetCustomStatus(
                totals.Status(context.CurrentUtc) with
                {
                    Stage = ProgressStage.Publishing,
                    Message = "Writing to Stash",
                }
            );

        Publishing();
        while (true)
        {
            var published = await context.CallActivityAsync<PublishSceneOutput>(
                WorkflowNames.PublishScene,
                new PublishSceneInput(context.InstanceId, snapshot, input.DryRun, input.Reset),
                RetryPolicies.LongOutage,
                failure =>
                    context.SetCustomStatus(
                        totals.Status(context.CurrentUtc) with
                        {
                            Stage = ProgressStage.Waiting,
                            EtaSeconds = null,
                            Message = $"The answers are kept; writing to Stash is tried again. {failure.Message}",
                        }
                    ),
                Publishing
            );
            if (published.Held)
            {
                // Delivered only after the instance was resumed, so this does not spin.
                await context.CreateTimerAsync(context.CurrentUtc + TimeSpan.FromSeconds(1), CancellationToken.None);
                continue;
            }

            // The log also knows of requests whose step was killed before it could report them.
            var output = published.Output!;
            output = output with { Requests = Math.Round(Math.Max(output.Requests, totals.Requests), 2) };
            context.SetCustomStatus(
                totals.Status(context.CurrentUtc) with
                {
                    Stage = ProgressStage.Done,
                    ScenesDone = 1,
                    Percent = 100,
                    EtaSeconds = 0,
                    Message = output.Message,
                }
            );
            return output;
        }
    }

    private static async Task FailAsync(IOrchestrationContext context, TagSceneInput input, string title, string reason)
    {
        context.SetCustomStatus(Status(ProgressStage.Failed, reason) with { Title = title });
        if (input.DryRun)
        {
            return;
        }

        try
        {
            await context.CallActivityAsync<bool>(
                WorkflowNames.MarkErrored,
                new MarkErroredInput(context.InstanceId, input.SceneId, reason),
                RetryPolicies.LongOutage,
                failure =>
                    context.SetCustomStatus(
                        Status(ProgressStage.Waiting, $"{reason} Setting VLM_Errored is tried again. {failure.Message}") with
                        {
                            Title = title,
                        }
                    )
            );
            context.SetCustomStatus(Status(ProgressStage.Failed, reason) with { Title = title });
        }
        catch (ActivityFailedException e)
        {
            // The scene's own reason is what the user needs; that Stash could not be told is added to it.
            throw new OrchestrationFailedException($"{reason} (VLM_Errored could not be set: {e.Failure.Message})");
        }
    }

    private static ProgressStatus Status(ProgressStage stage, string message) =>
        new()
        {
            Stage = stage,
            ScenesTotal = 1,
            Message = message,
        };
}

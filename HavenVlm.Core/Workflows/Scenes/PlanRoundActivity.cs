using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Writes down what the next round asks: the plan is an artifact, the message carries only its name and size.</summary>
internal sealed class PlanRoundActivity(SceneArtifacts artifacts, AnalysisLogs logs) : IActivity<PlanRoundInput, RoundPlanned>
{
    public async Task<RoundPlanned> RunAsync(PlanRoundInput input, CancellationToken cancellationToken)
    {
        var snapshot = await artifacts.ReadSnapshotAsync(input.Snapshot, cancellationToken);
        await using var log = await logs.OpenAsync(snapshot.Key, cancellationToken);
        var sampling = await CompleteAsync(input, snapshot, log, cancellationToken);
        var plan = SamplingRounds.Plan(input.Round, sampling);
        if (plan.FrameCount == 0)
        {
            return new RoundPlanned("", 0, 0, plan.Done);
        }

        var name = SceneArtifacts.PlanName(input.Snapshot, input.Round);
        plan = await artifacts.FreezeAsync(name, plan, cancellationToken);
        return new RoundPlanned(name, plan.FrameCount, plan.ChunkCount, plan.Done, SampleBudget.MaxRecords(sampling));
    }

    /// <summary>What the log holds, with everything that this run recorded.</summary>
    /// <exception cref="PermanentFailureException">Some of it is gone: planning without it would ask for it again, without end.</exception>
    private async Task<SamplingInput> CompleteAsync(
        PlanRoundInput input,
        SceneSnapshot snapshot,
        AnalysisLog log,
        CancellationToken cancellationToken
    )
    {
        var sampling = snapshot.SamplingOf(log);
        if (sampling.RecordedInRun >= input.Recorded)
        {
            return sampling;
        }

        // Another process may have recorded what this one, which had the log open before, does not know of.
        var stored = await logs.ReadStoredAsync(snapshot.Key, cancellationToken);
        sampling = sampling with { Records = stored.Records, Changes = stored.Changes, Scanned = stored.Scanned };
        var lost = input.Recorded - sampling.RecordedInRun;
        return lost <= 0
            ? sampling
            : throw new PermanentFailureException(
                $"{lost} of the {input.Recorded} answers of this run are missing in {LogNames.Log(snapshot.Key)}. "
                    + "They are not asked again. Check the disk of the data folder, then request the scene again."
            );
    }
}

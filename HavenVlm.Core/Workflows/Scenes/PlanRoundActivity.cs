using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Sampling;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Writes down what the next round asks: the plan is an artifact, the message carries only its name and size.</summary>
internal sealed class PlanRoundActivity(SceneArtifacts artifacts, AnalysisLogs logs) : IActivity<PlanRoundInput, RoundPlanned>
{
    public async Task<RoundPlanned> RunAsync(PlanRoundInput input, CancellationToken cancellationToken)
    {
        var snapshot = await artifacts.ReadSnapshotAsync(input.Snapshot, cancellationToken);
        await using var log = await logs.OpenAsync(snapshot.Key, cancellationToken);
        var plan = SamplingRounds.Plan(input.Round, snapshot.SamplingOf(log));
        if (plan.FrameCount == 0)
        {
            return new RoundPlanned("", 0, 0, plan.Done);
        }

        var name = SceneArtifacts.PlanName(input.Snapshot, input.Round);
        plan = await artifacts.FreezeAsync(name, plan, cancellationToken);
        return new RoundPlanned(name, plan.FrameCount, plan.ChunkCount, plan.Done);
    }
}

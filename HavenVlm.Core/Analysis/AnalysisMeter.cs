using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Analysis;

/// <summary>Counts the frames of an analysis outside an orchestration and tells the progress.</summary>
internal sealed class AnalysisMeter(IProgress<ProgressStatus> progress, TimeProvider time)
{
    private readonly long _begun = time.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly List<int> _rounds = [];
    private int _doneBefore;
    private int _total;
    private int _done;
    private int _asked;

    /// <summary>Frames that each round asked so far.</summary>
    public IReadOnlyList<int> Rounds => _rounds;

    public void Begin(RoundPlan plan)
    {
        lock (_gate)
        {
            _rounds.Add(plan.FrameCount);
            _doneBefore = plan.Done;
            _total = plan.Done + plan.FrameCount;
            _done = 0;
        }

        Report(ProgressStage.Analyzing, "");
    }

    public void FrameDone()
    {
        lock (_gate)
        {
            _done++;
            _asked++;
        }

        Report(ProgressStage.Analyzing, "");
    }

    public void Waiting(string reason) => Report(ProgressStage.Waiting, $"Waiting for an endpoint. {reason}");

    private void Report(ProgressStage stage, string message)
    {
        ProgressStatus status;
        lock (_gate)
        {
            var done = _doneBefore + _done;
            // The rate counts what this run did; what the log held before cost no time.
            var rated = new ProgressStatus
            {
                Stage = stage,
                FramesDone = _asked,
                FramesTotal = _asked + _total - done,
            }.WithRate(time.GetElapsedTime(_begun));
            status = rated with
            {
                ScenesTotal = 1,
                Round = _rounds.Count,
                FramesDone = done,
                FramesTotal = _total,
                Percent = _total == 0 ? 0 : Math.Round(100.0 * done / _total, 1),
                Message = message,
            };
        }

        progress.Report(status);
    }
}

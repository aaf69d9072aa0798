using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Sweeping;

namespace HavenVlm.Core.Api;

/// <summary>Makes sweeps due, for calls, timers and hooks.</summary>
internal sealed class SweepRequests(SweepMark mark, NewRequests newRequests, IOrchestrationClient client, IPendingRequests? queue = null)
{
    /// <summary>Makes a sweep due and sees that one runs; returns the id of its instance.</summary>
    public async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        await mark.SetAsync(cancellationToken);
        return WorkflowNames.SweepInstance;
    }

    /// <summary>Sees to it that a sweep becomes due, through the queue where there is one: whoever asks does not wait for more.</summary>
    public Task StartSoonAsync(CancellationToken cancellationToken) =>
        queue is null ? StartAsync(cancellationToken) : queue.SendAsync(QueuedRequest.SweepMessage, cancellationToken);

    /// <summary>
    /// Makes a sweep due when something carries a request tag that no request holds, or when a sweep became due that did not run. One small
    /// request to Stash while nothing is tagged.
    /// </summary>
    /// <returns>Whether a sweep was made due.</returns>
    public async Task<bool> WatchAsync(CancellationToken cancellationToken)
    {
        var sweep = await client.GetAsync(WorkflowNames.SweepInstance, withInput: false, cancellationToken);
        if (sweep is { HasEnded: false } || (!await mark.IsSetAsync(cancellationToken) && !await newRequests.IsAnyAsync(cancellationToken)))
        {
            return false;
        }

        await mark.SetAsync(cancellationToken);
        return true;
    }
}

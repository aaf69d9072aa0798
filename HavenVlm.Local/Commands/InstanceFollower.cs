using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Commands.Progress;
using HavenVlm.Local.Sessions;

namespace HavenVlm.Local.Commands;

/// <summary>Follows an instance until it has ended.</summary>
internal static class InstanceFollower
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(300);

    /// <summary>The instance as it ended.</summary>
    /// <exception cref="CommandException">It was removed meanwhile, or cannot go on and is not waited for.</exception>
    public static async Task<InstanceResponse> FollowAsync(
        IHavenSession session,
        string instanceId,
        ProgressView view,
        OutagePolicy outages,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var instance =
                await session.GetAsync(instanceId, cancellationToken)
                ?? throw new CommandException($"The instance {instanceId} was removed before it had ended.");
            var status = Status(instance);
            if (status is not null)
            {
                view.Show(status);
            }

            if (
                instance.RuntimeStatus
                is nameof(RuntimeStatus.Completed)
                    or nameof(RuntimeStatus.Failed)
                    or nameof(RuntimeStatus.Terminated)
            )
            {
                return instance;
            }

            outages.Observe(status, await session.FindProblemsAsync(cancellationToken));
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private static ProgressStatus? Status(InstanceResponse instance) =>
        instance.CustomStatus is { ValueKind: JsonValueKind.Object } custom ? custom.Deserialize<ProgressStatus>(HavenJson.Options) : null;
}

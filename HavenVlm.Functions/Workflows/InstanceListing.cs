using System.Globalization;
using System.Text;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.DurableTask.Client;

namespace HavenVlm.Functions.Workflows;

/// <summary>
/// Lists instances latest first. The storage knows no order but the ids', so every page reads all instances that match and keeps the
/// latest ones in memory, never more than a page; old instances are forgotten after <c>storage.keepHistory</c>.
/// </summary>
internal sealed class InstanceListing(Func<DurableTaskClient> client)
{
    // A reply holds inputs and outputs of that many instances, which must stay far below gRPC's 4 MB.
    private const int PageSize = 250;

    public async Task<InstancePage> ListAsync(InstanceQuery query, CancellationToken cancellationToken)
    {
        var before = Position.Parse(query.Continuation);
        var latest = new PriorityQueue<OrchestrationInstance, Position>(Order.Instance);
        var statuses = query.Statuses.ToHashSet();
        await foreach (var metadata in client().GetAllInstancesAsync(ToFilter(query)).WithCancellation(cancellationToken))
        {
            var instance = InstanceMapping.From(metadata, query.WithInput);
            var position = new Position(instance.CreatedTime, instance.InstanceId);
            if (IsRequested(instance, query, statuses) && (before is null || Order.Instance.Compare(position, before) < 0))
            {
                latest.Enqueue(instance, position);
                if (latest.Count > query.Top + 1)
                {
                    latest.Dequeue();
                }
            }
        }

        var hasMore = latest.Count > query.Top;
        if (hasMore)
        {
            latest.Dequeue();
        }

        var page = new List<OrchestrationInstance>(latest.Count);
        while (latest.TryDequeue(out var instance, out _))
        {
            page.Add(instance);
        }

        page.Reverse();
        return new InstancePage(page, hasMore ? new Position(page[^1].CreatedTime, page[^1].InstanceId).ToString() : null);
    }

    // The storage's own filter spares reading; what exactly is asked for is checked here, because its bounds differ between versions, and
    // because for the storage an instance that continued as new was created then: later than it was, never earlier.
    private static OrchestrationQuery ToFilter(InstanceQuery query) =>
        new()
        {
            CreatedFrom = query.From?.AddSeconds(-1),
            Statuses = query.Statuses.Count == 0 ? null : [.. Requested(query.Statuses)],
            InstanceIdPrefix = string.IsNullOrEmpty(query.Prefix) ? null : query.Prefix,
            PageSize = PageSize,
            FetchInputsAndOutputs = true,
        };

    private static IEnumerable<OrchestrationRuntimeStatus> Requested(IReadOnlyCollection<RuntimeStatus> statuses)
    {
        foreach (var status in statuses)
        {
            yield return InstanceMapping.StatusOf(status);
        }

#pragma warning disable CS0618 // The state is obsolete to set, but instances are found in it.
        if (statuses.Contains(RuntimeStatus.Running))
        {
            yield return OrchestrationRuntimeStatus.ContinuedAsNew;
        }
#pragma warning restore CS0618
    }

    private static bool IsRequested(OrchestrationInstance instance, InstanceQuery query, HashSet<RuntimeStatus> statuses) =>
        (statuses.Count == 0 || statuses.Contains(instance.RuntimeStatus))
        && (query.Prefix is null || instance.InstanceId.Value.StartsWith(query.Prefix, StringComparison.Ordinal))
        && (query.From is null || instance.CreatedTime >= query.From)
        && (query.To is null || instance.CreatedTime < query.To);

    /// <summary>Where an instance stands in the list.</summary>
    private sealed record Position(DateTimeOffset Created, string Id)
    {
        public static Position? Parse(string? text)
        {
            if (string.IsNullOrEmpty(text))
            {
                return null;
            }

            var parts = Decode(text).Split(' ', 2);
            return
                parts.Length == 2
                && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                && ticks <= DateTime.MaxValue.Ticks
                ? new Position(new DateTimeOffset(ticks, TimeSpan.Zero), parts[1])
                : throw new InvalidContinuationException();
        }

        public override string ToString() =>
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Created.UtcTicks.ToString(CultureInfo.InvariantCulture)} {Id}"));

        private static string Decode(string text)
        {
            var bytes = new byte[text.Length];
            return Convert.TryFromBase64String(text, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : "";
        }
    }

    /// <summary>By time, then by id.</summary>
    private sealed class Order : IComparer<Position>
    {
        public static Order Instance { get; } = new();

        public int Compare(Position? x, Position? y)
        {
            var byTime = x!.Created.CompareTo(y!.Created);
            return byTime != 0 ? byTime : string.CompareOrdinal(x.Id, y.Id);
        }
    }
}

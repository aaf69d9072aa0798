using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Pool;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Benchmarks.Endpoints;

/// <summary>300 prepared frames on an endpoint without <c>maxConcurrent</c>: what it costs to find the limit, at the first start and the second.</summary>
internal static class FoundLimit
{
    private const int Frames = 300;
    private const double Milliseconds = 250;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        foreach (var slots in (int[])[4, 16])
        {
            var folder = Directory.CreateTempSubdirectory("haven-bench-");
            try
            {
                var damage = new DamageReports(NullLogger<DamageReports>.Instance, TimeProvider.System);
                var store = new FileArtifactStore(folder.FullName, damage);
                await using var server = await ModelServer.StartAsync("found", slots, Milliseconds, isQueueing: true);
                var first = await MeasureAsync(server, store, cancellationToken);
                var second = await MeasureAsync(server, store, cancellationToken);
                rows.Add(Row.AtMost($"300 frames, {slots} slots, no maxConcurrent: first start, wall time / bound", 1.25, first, " x"));
                rows.Add(Row.AtMost("the same: second start", 1.10, second, " x"));
                rows.Add(Row.AtMost("the same: most requests out / slots", 2, (double)server.MostInFlight / slots, " x"));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        return rows;
    }

    private static async Task<double> MeasureAsync(ModelServer server, FileArtifactStore store, CancellationToken cancellationToken)
    {
        await using var pool = new AskingPool(store, [AskingPool.Endpoint(server) with { MaxConcurrent = null }]);
        var worked = server.Work;
        var since = TimeProvider.System.GetTimestamp();
        var answered = await Task.WhenAll(Enumerable.Range(0, Frames).Select(_ => pool.AskAsync(cancellationToken)));
        var wall = TimeProvider.System.GetElapsedTime(since);
        return answered.All(answer => answer)
            ? wall / ((server.Work - worked) / server.Slots)
            : throw new InvalidOperationException("frames stayed unanswered");
    }
}

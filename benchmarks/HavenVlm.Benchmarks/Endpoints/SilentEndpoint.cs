namespace HavenVlm.Benchmarks.Endpoints;

/// <summary>One of three endpoints falls silent when 30 % are done.</summary>
internal static class SilentEndpoint
{
    private const int Frames = 2_000;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var fast = await ModelServer.StartAsync("fast", 8, 200);
        await using var middle = await ModelServer.StartAsync("middle", 4, 400);
        await using var slow = await ModelServer.StartAsync("slow", 2, 800);
        await using var pool = new AskingPool(((ModelServer[])[fast, middle, slow]).Select(AskingPool.Endpoint));
        var done = new List<TimeSpan>();
        var fellSilent = new TaskCompletionSource<TimeSpan>();

        await Task.WhenAll(Enumerable.Range(0, Frames).Select(_ => AskAsync()));
        var silentAt = await fellSilent.Task;

        // The slowest usual answer takes 1.3 x the average.
        var noticed = silentAt + TimeSpan.FromSeconds(Math.Max(2, 4 * 1.3 * middle.Milliseconds / 1000));
        var last = middle.Arrivals.Max();
        var hedged = pool.Pool.Snapshot().Sum(status => status.Hedged);
        var (from, until) = (noticed + TimeSpan.FromSeconds(2), done[^1] - TimeSpan.FromSeconds(1.5));
        var rate = done.Count(time => time > from && time < until) / (until - from).TotalSeconds;
        var others = fast.Slots * 1000 / fast.Milliseconds + (slow.Slots * 1000 / slow.Milliseconds);
        return
        [
            Row.AtMost(
                "an endpoint falls silent: last new request to it after that (max(2 s, 4 x its slowest))",
                (noticed - silentAt).TotalSeconds,
                Math.Max(0, (last - silentAt).TotalSeconds),
                " s",
                "0.0"
            ),
            Row.AtLeast("the others' throughput 2 s later, of their sum", 0.95, rate / others, " x"),
            Row.AtMost("requests repeated elsewhere", 2, 100.0 * hedged / Frames, " %"),
        ];

        async Task AskAsync()
        {
            if (!await pool.AskAsync(cancellationToken))
            {
                throw new InvalidOperationException("a frame stayed unanswered");
            }

            lock (done)
            {
                done.Add(middle.Now);
                if (done.Count == Frames * 3 / 10)
                {
                    middle.IsSilent = true;
                    fellSilent.SetResult(middle.Now);
                }
            }
        }
    }
}

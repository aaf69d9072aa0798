namespace HavenVlm.Benchmarks.Endpoints;

/// <summary>2,000 prepared frames on three unequal endpoints: how close to all slots being busy all the time.</summary>
internal static class PoolBound
{
    private const int Frames = 2_000;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var runs = options.IsFull ? options.Runs : 1;
        var plain = await Median.OfAsync(runs, () => MeasureAsync(errors: 0, cancellationToken));
        var faulty = await Median.OfAsync(runs, () => MeasureAsync(errors: 0.05, cancellationToken));
        return
        [
            Row.AtMost("2,000 frames on 3 unequal endpoints, wall time / bound", 1.03, plain, " x"),
            Row.AtMost("the same with 5 % errors, wall time / bound of the work needed", 1.08, faulty, " x"),
        ];
    }

    private static async Task<double> MeasureAsync(double errors, CancellationToken cancellationToken)
    {
        await using var fast = await ModelServer.StartAsync("fast", 8, 200, errors);
        await using var middle = await ModelServer.StartAsync("middle", 4, 400, errors);
        await using var slow = await ModelServer.StartAsync("slow", 2, 800, errors);
        ModelServer[] servers = [fast, middle, slow];
        await using var pool = new AskingPool(servers.Select(AskingPool.Endpoint));
        await pool.AskAsync(cancellationToken);
        var (served, worked) = (servers.Sum(s => s.Arrivals.Count), servers.Select(s => s.Work).ToArray());

        var since = TimeProvider.System.GetTimestamp();
        var answered = await Task.WhenAll(Enumerable.Range(0, Frames).Select(_ => pool.AskAsync(cancellationToken)));
        var wall = TimeProvider.System.GetElapsedTime(since);

        if (answered.Any(answer => !answer) || servers.Any(server => server.MostInFlight > server.Slots))
        {
            throw new InvalidOperationException("frames stayed unanswered, or an endpoint got more at once than it may");
        }

        var requests = servers.Sum(server => server.Arrivals.Count) - served;
        var rate = servers.Select((s, i) => s.Slots * s.Arrivals.Count / (s.Work - worked[i]).TotalSeconds).Sum();
        return wall.TotalSeconds / (requests / rate);
    }
}

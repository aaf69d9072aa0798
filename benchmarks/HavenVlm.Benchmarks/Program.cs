using HavenVlm.Benchmarks;
using HavenVlm.Benchmarks.Decoding;
using HavenVlm.Benchmarks.Endpoints;
using HavenVlm.Benchmarks.Engine;
using HavenVlm.Benchmarks.Micro;
using HavenVlm.Benchmarks.Noise;
using HavenVlm.Benchmarks.Sampling;
using HavenVlm.Benchmarks.Serving;
using HavenVlm.Benchmarks.Stash;

// Usage: haven bench [--full] [--only NAME]… [--list], or haven bench --micro [--full]
Benchmark[] all =
[
    new("pool", PoolBound.RunAsync),
    new("limit", FoundLimit.RunAsync),
    new("silent", SilentEndpoint.RunAsync),
    new("refused", RefusedEndpoint.RunAsync),
    new("engine", EngineOverhead.RunAsync),
    new("decoding", DecodingCost.RunAsync),
    new("publish", PublishMarkers.RunAsync),
    new("adaptive", AdaptiveCost.RunAsync),
    new("near-duplicates", NearDuplicates.RunAsync),
    new("noise", NoiseTable.RunAsync),
    new("first-request", FirstRequest.RunAsync),
    new("overlap", Overlap.RunAsync),
    new("sweep", LibrarySweep.RunAsync),
    new("memory", Memory.RunAsync),
];
if (args.Contains("--list", StringComparer.Ordinal))
{
    Array.ForEach(all, benchmark => Console.WriteLine(benchmark.Name));
    return 0;
}

if (args.Contains("--micro", StringComparer.Ordinal) && args.All(arg => arg is "--micro" or "--full"))
{
    return MicroBenchmarks.Run(new BenchmarkOptions(args.Contains("--full", StringComparer.Ordinal))) ? 0 : 1;
}

var only = args.Where((_, i) => i > 0 && args[i - 1] == "--only").ToHashSet(StringComparer.Ordinal);
var unknown = args.Where((arg, i) => arg is not ("--full" or "--only") && (i == 0 || args[i - 1] != "--only"))
    .Concat(only.Except(all.Select(benchmark => benchmark.Name), StringComparer.Ordinal))
    .ToArray();
if (unknown.Length > 0 || args.LastOrDefault() == "--only")
{
    await Console.Error.WriteLineAsync(
        $"haven bench [--full] [--only NAME]... [--list], or haven bench --micro [--full]: what is {(unknown.Length > 0 ? unknown[0] : "--only without a name")}?"
    );
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

var options = new BenchmarkOptions(args.Contains("--full", StringComparer.Ordinal));
var rows = new List<Row>();
var chosen = all.Where(benchmark => only.Count == 0 || only.Contains(benchmark.Name)).ToArray();
foreach (var benchmark in chosen)
{
    var begun = TimeProvider.System.GetTimestamp();
    await Console.Error.WriteLineAsync($"{benchmark.Name} ...");
    try
    {
        rows.AddRange(await benchmark.RunAsync(options, stop.Token));
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return 130;
    }
    catch (Exception e)
    {
        // The others are still worth measuring.
        rows.Add(new Row(benchmark.Name, "measured", $"{e.GetType().Name}: {e.Message.Split('\n')[0]}", Passed: false, Value: null));
    }

    await Console.Error.WriteLineAsync($"  took {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0} s");
}

ResultTable.Print(rows);
await ResultTable.WriteAsync(
    Path.Combine(Environment.CurrentDirectory, "artifacts", "bench.json"),
    options,
    chosen.Select(benchmark => benchmark.Name),
    rows,
    stop.Token
);
return rows.TrueForAll(row => row.Passed) ? 0 : 1;

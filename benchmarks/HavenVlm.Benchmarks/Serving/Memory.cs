using HavenVlm.Benchmarks.Endpoints;

namespace HavenVlm.Benchmarks.Serving;

/// <summary>Ten scenes of 2160p at once on 14 slots: what the program and its decoders hold, and whether that grows.</summary>
internal static class Memory
{
    private const int Scenes = 10;
    private static readonly TimeSpan Length = TimeSpan.FromHours(2);

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("haven-bench-");
        try
        {
            var video = await LongVideo.UltraHdAsync(folder.FullName, Length, cancellationToken);
            await using var fast = await ModelServer.StartAsync("fast", 8, 200);
            await using var middle = await ModelServer.StartAsync("middle", 4, 400);
            await using var slow = await ModelServer.StartAsync("slow", 2, 800);
            await using var library = await ServedLibrary.StartAsync([fast, middle, slow], cancellationToken);
            var scenes = Enumerable.Range(0, Scenes).Select(_ => library.AddScene(video, Length)).ToList();
            await library.ServeAsync(Path.Combine(folder.FullName, "served"), cancellationToken);
            var memory = new ProcessMemory(library.Haven.ProcessId);
            await library.TagAsync(scenes, cancellationToken);
            // Code is compiled again where it is hot, and buffers grow to their size.
            await memory.WatchAsync(TimeSpan.FromSeconds(30), cancellationToken);
            memory.BeginSlope();
            await memory.WatchAsync(options.IsFull ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(90), cancellationToken);
            if (memory.FfmpegAtOnce == 0)
            {
                throw new InvalidOperationException("nothing was decoded");
            }

            await Console.Error.WriteLineAsync(
                $"  {memory.FfmpegAtOnce} ffmpeg at once, {library.Models.Sum(model => model.Arrivals.Count)} frames asked, MB over time {memory.Course}"
            );
            return
            [
                Row.AtMost("2160p, 14 slots, 10 scenes at once: memory of the program", 200, memory.Most, " MB", "0"),
                Row.AtMost("the same: memory of each ffmpeg", 400, memory.MostOfFfmpeg, " MB", "0"),
                // A short look sees the last of the warming up too.
                Row.AtMost("the same: growth of the program", options.IsFull ? 2 : 5, memory.Slope, " MB/min", "0.0"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.Time.Testing;
using static HavenVlm.Tests.Shared.Frames;

namespace HavenVlm.Core.Tests.Analysis;

/// <summary>Runs when no other test does: memory is counted for the whole process.</summary>
[CollectionDefinition(nameof(AnalysisLogMemoryTests), DisableParallelization = true)]
[Collection(nameof(AnalysisLogMemoryTests))]
public sealed class AnalysisLogMemoryTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly AnalysisLogs _logs;

    public AnalysisLogMemoryTests() => _logs = new AnalysisLogs(_folder.Store, new FakeTimeProvider());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_long_video_with_many_tags_takes_little_memory()
    {
        string[] names = [.. Enumerable.Range(0, 36).Select(i => $"Tag {i}")];
        var vocabulary = Vocabulary(names);
        var all = names.Select((name, i) => (name, i / 36.0)).ToArray();
        await using var log = await _logs.OpenAsync(Key, CancellationToken.None);
        await log.AppendAsync(Answered(0, vocabulary, all), CancellationToken.None);
        await log.FlushAsync(CancellationToken.None);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 1; i < 7200; i++)
        {
            await log.AppendAsync(Answered(i * 2, vocabulary, all), CancellationToken.None);
        }

        await log.FlushAsync(CancellationToken.None);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        // Less than before where what others left behind was collected meanwhile.
        Assert.InRange(grown, long.MinValue, 16 * 1024 * 1024);
    }
}

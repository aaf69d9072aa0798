using HavenVlm.Core.Analysis.Learning;
using HavenVlm.Core.Markers.Smoothing;
using HavenVlm.Core.Storage;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Analysis;

public sealed class LearningStoreTests : IDisposable
{
    private const string Sums = "learning/key/sums.json";
    private readonly TempFolder _folder = new();
    private readonly FileArtifactStore _files;
    private readonly LearningStore _store;

    public LearningStoreTests()
    {
        _files = new FileArtifactStore(_folder.Path);
        _store = new LearningStore(_files);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_video_that_is_analyzed_again_replaces_what_it_added()
    {
        await AddAsync("one", "run-1", 10);
        await AddAsync("two", "run-1", 5);
        await AddAsync("one", "run-2", 20);
        await AddAsync("one", "run-2", 20);

        Assert.Equal(25, await MissedAsync());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"version":1,"epoch":"x","number":1,"statistics":{"followed":-1}}""")]
    [InlineData("""{"version":99,"epoch":"x","number":1,"statistics":{}}""")]
    public async Task Sums_that_cannot_be_used_are_set_aside_and_count_as_nothing(string damaged)
    {
        await AddAsync("one", "run-1", 10);
        var present = await _files.ReadAsync(Sums, TestContext.Current.CancellationToken);
        await _files.ReplaceAsync(
            Sums,
            System.Text.Encoding.UTF8.GetBytes(damaged),
            present!.Version,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(0, (await _store.ReadAsync("key", TestContext.Current.CancellationToken)).Number);
        // What the video added before was lost with the sums.
        await AddAsync("one", "run-2", 3);
        Assert.Equal(3, await MissedAsync());
    }

    private Task AddAsync(string video, string run, double missed) =>
        _store.AddAsync(
            "key",
            video,
            run,
            new SmoothingStatistics
            {
                Tags = new Dictionary<string, TagStatistics>(StringComparer.Ordinal) { ["Kissing"] = new() { Missed = missed } },
            },
            TestContext.Current.CancellationToken
        );

    private async Task<double> MissedAsync() =>
        (await _store.ReadAsync("key", TestContext.Current.CancellationToken)).Statistics.Pooled().Missed;
}

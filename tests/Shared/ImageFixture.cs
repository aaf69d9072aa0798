using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Simulation.Stash;
using LibraryFile = HavenVlm.Simulation.Stash.State.StashFile;

namespace HavenVlm.Tests.Shared;

/// <summary>A simulated Stash with images in it, and everything that writes to them.</summary>
internal sealed class ImageFixture : IAsyncDisposable
{
    private static readonly AnalysisKey Key = new("images123", "model", "question");

    private ImageFixture(StashFixture fixture, int count)
    {
        Fixture = fixture;
        Images = [.. Enumerable.Range(0, count).Select(number => AddImage(number))];
    }

    public StashFixture Fixture { get; }

    public SimulatedStash Stash => Fixture.Stash;

    public IReadOnlyList<int> Images { get; }

    public ImageRecordStore Records => Fixture.Get<ImageRecordStore>();

    public static async Task<ImageFixture> OpenAsync(StashVersion version, int count = 3, TimeProvider? time = null) =>
        new(await StashFixture.OpenAsync(version, time), count);

    public Task<ImagePublicationResult> PublishAsync(params (int Image, string Tags)[] wanted) => PublishAsync(request => request, wanted);

    /// <summary>Publishes these tags (names separated by commas; <c>!</c> and a reason for a failure).</summary>
    public Task<ImagePublicationResult> PublishAsync(
        Func<ImagePublication, ImagePublication> change,
        params (int Image, string Tags)[] wanted
    )
    {
        var byId = wanted.ToDictionary(each => $"{each.Image}", each => each.Tags, StringComparer.Ordinal);
        var request = new ImagePublication
        {
            ImageIds = [.. byId.Keys],
            Run = "run",
            Judge = (image, _, _, _) =>
                Task.FromResult<ImageVerdict?>(
                    byId[image.Id] is ['!', .. var reason]
                        ? ImageVerdict.Failed(reason)
                        : ImageVerdict.Analyzed(
                            byId[image.Id].Split(',', StringSplitOptions.RemoveEmptyEntries),
                            new ImageAnswerPlace(Key, $"md5-{image.Id}")
                        )
                ),
        };
        return Fixture.Get<ImagePublisher>().PublishAsync(change(request), CancellationToken.None);
    }

    public Task<IReadOnlyList<UndoneImage>> UndoAsync(bool dryRun, params IReadOnlyList<int> images) =>
        Fixture.Get<ImageUndo>().UndoAsync([.. images.Select(id => $"{id}")], dryRun, CancellationToken.None);

    public string TagsOf(int image) =>
        string.Join(',', Stash.Library.Images[image].TagIds.Select(id => Stash.Library.Tags[id].Name).Order(StringComparer.Ordinal));

    public int Tag(string name) => Stash.Library.EnsureTag(name).Id;

    public async ValueTask DisposeAsync() => await Fixture.DisposeAsync();

    private int AddImage(int number) =>
        Stash
            .Library.AddImage(
                $"{number}",
                new LibraryFile(0, $"/media/{number}.jpg", DateTimeOffset.UnixEpoch) { IsVideo = false, Size = 1 }
            )
            .Id;
}

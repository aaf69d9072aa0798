using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Collecting;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Workflows.Collecting;

/// <summary>Which scenes and images an export is about.</summary>
public sealed class ListIncorrectActivityTests : IAsyncLifetime
{
    private StashCore _core = null!;

    public async ValueTask InitializeAsync() => _core = await StashCore.OpenAsync();

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task Scenes_with_a_marked_marker_and_marked_images()
    {
        var marked = await PublishedAsync("A walk");
        await PublishedAsync("Another");
        MarkFirstMarkerOf(marked);
        var image = _core.AddImage("3", "VLM_Incorrect");

        Assert.Equal([$"scene {marked}", $"image {image}"], await ListAsync(all: false));
    }

    [Fact]
    public async Task With_all_those_that_were_published_too_after_what_a_person_marked()
    {
        var right = await PublishedAsync("A walk");
        var marked = await PublishedAsync("Another");
        MarkFirstMarkerOf(marked);

        Assert.Equal([$"scene {marked}", $"scene {right}"], await ListAsync(all: true));
    }

    [Fact]
    public async Task In_a_library_without_our_tags_nothing_and_none_is_made()
    {
        _core.AddScene("A walk");

        Assert.Empty(await ListAsync(all: false));
        Assert.Empty(_core.Library.Tags);
    }

    [Fact]
    public async Task A_repeated_call_keeps_the_list_although_more_is_marked()
    {
        await ListAsync(all: false);
        _core.AddImage("3", "VLM_Incorrect");

        Assert.Empty(await ListAsync(all: false));
    }

    private async Task<IReadOnlyList<string>> ListAsync(bool all)
    {
        var store = _core.Get<CollectStore>();
        await store.WriteSelectionAsync("incorrect-1", new CollectSelection(all, "/exports"), CancellationToken.None);
        var count = await _core.RunAsync<int>(WorkflowNames.ListIncorrect, new CollectStepInput(InstanceId.Known("incorrect-1")));
        var subjects = await store.ReadSubjectsAsync("incorrect-1", CancellationToken.None);
        Assert.Equal(count, subjects.Length);
        return [.. subjects.Select(subject => subject.ToString())];
    }

    private async Task<string> PublishedAsync(string title)
    {
        var scene = _core.AddScene(title);
        await _core
            .Get<ScenePublisher>()
            .PublishAsync(
                new ScenePublication { SceneId = scene, Wanted = StashFixture.Wanted(StashFixture.Span("Kissing", 10, 20)) },
                CancellationToken.None
            );
        return scene;
    }

    private void MarkFirstMarkerOf(string scene)
    {
        var marker = _core.Library.MarkersOf(int.Parse(scene, System.Globalization.CultureInfo.InvariantCulture))[0];
        _core.Library.SetMarkerTags(marker.Id, [.. marker.TagIds, _core.Library.EnsureTag("VLM_Incorrect").Id]);
    }
}

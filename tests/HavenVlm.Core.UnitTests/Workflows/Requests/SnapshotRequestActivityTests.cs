using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Core.UnitTests.Workflows.Requests;

/// <summary>Which scenes a request is for, asked once.</summary>
public sealed class SnapshotRequestActivityTests : IAsyncLifetime
{
    private StashCore _core = null!;

    public async ValueTask InitializeAsync() => _core = await StashCore.OpenAsync();

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task Those_with_the_request_tag()
    {
        var wanted = _core.AddScene("1", "VLM_TagMe");
        _core.AddScene("2", "VLM_UpdateMe");

        Assert.Equal([wanted], await SnapshotAsync("scenes-1", new SceneRequest { Selection = SceneSelection.TagMe }));
    }

    [Fact]
    public async Task A_repeated_call_keeps_the_list_although_the_library_changed()
    {
        var first = _core.AddScene("1", "VLM_TagMe");
        var request = new SceneRequest { Selection = SceneSelection.TagMe };
        await SnapshotAsync("scenes-1", request);
        _core.AddScene("2", "VLM_TagMe");

        Assert.Equal([first], await SnapshotAsync("scenes-1", request));
    }

    [Fact]
    public async Task Named_ones_in_their_order_without_asking_Stash()
    {
        var request = new SceneRequest { Selection = SceneSelection.Named, SceneIds = [SceneId.Known("9"), SceneId.Known("3")] };

        Assert.Equal(["9", "3"], await SnapshotAsync("scenes-1", request));
    }

    [Fact]
    public async Task Those_of_a_saved_filter()
    {
        var wanted = _core.AddScene("1", "Holiday");
        _core.AddScene("2");
        var filter =
            "{\"tags\":{\"modifier\":\"INCLUDES\",\"value\":{\"items\":[{\"id\":\""
            + _core.Library.FindTag("Holiday")!.Id
            + "\",\"label\":\"Holiday\"}],\"depth\":0}}}";
        _core.Library.AddSavedFilter("SCENES", "Holidays", objectFilter: filter);

        Assert.Equal(
            [wanted],
            await SnapshotAsync("scenes-1", new SceneRequest { Selection = SceneSelection.Filter, Filter = "Holidays" })
        );
    }

    [Fact]
    public async Task A_sweep_leaves_out_what_another_request_holds()
    {
        var held = _core.AddScene("1", "VLM_TagMe");
        await SnapshotAsync("scenes-1", new SceneRequest { Selection = SceneSelection.TagMe });
        var fresh = _core.AddScene("2", "VLM_TagMe");

        var listed = await SnapshotAsync("scenes-2", new SceneRequest { Selection = SceneSelection.TagMe, NewOnly = true });

        Assert.Equal([fresh], listed);
        Assert.NotEqual(held, fresh);
    }

    [Fact]
    public async Task A_dry_run_makes_no_tag_in_Stash()
    {
        await SnapshotAsync("scenes-1", new SceneRequest { Selection = SceneSelection.TagMe, DryRun = true });

        Assert.Empty(_core.Library.Tags);
    }

    private async Task<IReadOnlyList<string>> SnapshotAsync(string id, SceneRequest request)
    {
        var requests = _core.Get<RequestStore>();
        await requests.WriteRequestAsync(id, request, CancellationToken.None);
        await _core.Instances.StartAsync(WorkflowNames.TagScenes, id, new TagScenesInput(), CancellationToken.None);
        var count = await _core.RunAsync<int>(WorkflowNames.SnapshotRequest, new RequestInput(InstanceId.Known(id)));
        var ids = await requests.ReadScenesAsync(id, CancellationToken.None);
        Assert.Equal(count, ids!.Length);
        return [.. ids.Select(each => each.Value)];
    }
}

using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Sweeping;

namespace HavenVlm.Core.UnitTests.Workflows.Sweeping;

/// <summary>What a sweep starts for what carries a request tag.</summary>
public sealed class SweepActivityTests : IAsyncLifetime
{
    private StashCore _core = null!;

    public async ValueTask InitializeAsync() => _core = await StashCore.OpenAsync();

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task Where_nothing_is_tagged_nothing_starts()
    {
        _core.AddScene("1", "Holiday");

        Assert.Empty((await SweepAsync("a")).Requests);
        Assert.Empty(_core.Instances.Done);
    }

    [Fact]
    public async Task Each_kind_gets_a_request_of_its_own()
    {
        _core.AddScene("1", "VLM_TagMe");
        _core.AddScene("2", "VLM_UpdateMe");
        _core.AddImage("3", "VLM_TagMe");

        var swept = await SweepAsync("a");

        string[] expected = ["scenes-sweep-a-tag", "scenes-sweep-a-update", "images-sweep-a"];
        Assert.Equal(expected, swept.Requests.Select(id => id.Value));
        Assert.Equal(expected.Select(id => $"start {id}"), _core.Instances.Done);
    }

    [Fact]
    public async Task A_repeated_call_starts_nothing_twice()
    {
        _core.AddScene("1", "VLM_TagMe");
        _core.AddImage("3", "VLM_TagMe");
        await SweepAsync("a");

        await SweepAsync("a");

        Assert.Equal(["start scenes-sweep-a-tag", "start images-sweep-a"], _core.Instances.Done);
    }

    [Fact]
    public async Task What_a_request_holds_already_is_said_and_not_started_again()
    {
        var scene = _core.AddScene("1", "VLM_TagMe");
        await SweepAsync("a");
        await _core.Get<RequestStore>().WriteScenesAsync("scenes-sweep-a-tag", [Core.Common.SceneId.Known(scene)], CancellationToken.None);

        var swept = await SweepAsync("b");

        Assert.Empty(swept.Requests);
        Assert.Equal(["scenes-sweep-a-tag"], swept.Running!.Select(id => id.Value));
    }

    [Fact]
    public async Task The_requests_ask_only_for_what_is_new()
    {
        _core.AddScene("1", "VLM_TagMe");
        _core.AddImage("3", "VLM_TagMe");

        await SweepAsync("a");

        Assert.True((await _core.Get<RequestStore>().ReadRequestAsync("scenes-sweep-a-tag", CancellationToken.None)).NewOnly);
        Assert.True((await _core.Get<ImageRequestStore>().ReadRequestAsync("images-sweep-a", CancellationToken.None)).NewOnly);
    }

    [Fact]
    public async Task A_sweep_that_became_due_again_goes_on()
    {
        await SweepAsync("a");
        await _core.Get<SweepMark>().SetAsync(CancellationToken.None);

        Assert.True(await IsDueAsync("a"));
    }

    [Fact]
    public async Task A_sweep_that_may_end_may_end_whenever_it_is_asked_again()
    {
        await SweepAsync("a");

        Assert.False(await IsDueAsync("a"));
        Assert.False(await IsDueAsync("a"));
    }

    private Task<StartSweepOutput> SweepAsync(string run) =>
        _core.RunAsync<StartSweepOutput>(WorkflowNames.StartSweep, new StartSweepInput(run));

    private async Task<bool> IsDueAsync(string run) =>
        (await _core.RunAsync<CheckSweepOutput>(WorkflowNames.CheckSweep, new CheckSweepInput(run))).Due;
}

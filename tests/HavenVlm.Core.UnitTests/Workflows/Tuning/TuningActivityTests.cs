using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Tuning;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Core.UnitTests.Workflows.Tuning;

/// <summary>Which scene is tuned by, and the dry run that completes its log.</summary>
public sealed class TuningActivityTests : IAsyncLifetime
{
    private StashCore _core = null!;

    public async ValueTask InitializeAsync() => _core = await StashCore.OpenAsync();

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task The_scene_with_VLM_TuneMe_before_the_one_with_VLM_TagMe()
    {
        _core.AddScene("1", "VLM_TagMe");
        var tuned = _core.AddScene("2", "VLM_TuneMe");

        Assert.Equal(tuned, (await StartTuningAsync()).SceneId.Value);
    }

    [Fact]
    public async Task Without_a_tag_it_says_which_to_set()
    {
        _core.AddScene("1");

        var thrown = await Assert.ThrowsAsync<PermanentFailureException>(() => StartTuningAsync());

        Assert.Contains("No scene carries VLM_TuneMe or VLM_TagMe.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_tagged_scenes_are_named()
    {
        var one = _core.AddScene("1", "VLM_TuneMe");
        var other = _core.AddScene("2", "VLM_TuneMe");

        var thrown = await Assert.ThrowsAsync<PermanentFailureException>(() => StartTuningAsync());

        Assert.Contains($"Several scenes carry VLM_TuneMe: {one}, {other}.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Stash_without_ends_of_markers_cannot_be_tuned_by()
    {
        await using var old = await StashCore.OpenAsync(StashVersion.Old2023);
        var input = new StartTuningInput(InstanceId.Known("marker-settings-1"), "run", SceneId.Known(old.AddScene("1")));

        var thrown = await Assert.ThrowsAsync<PermanentFailureException>(() =>
            old.RunAsync<TuningStarted>(WorkflowNames.StartTuning, input)
        );

        Assert.Contains("keeps no ends of markers", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dry_run_is_a_request_for_this_scene_and_starts_once()
    {
        var scene = _core.AddScene("1");

        var started = await StartTuningAsync(scene);
        await StartTuningAsync(scene);

        Assert.Equal($"scenes-tune-run-1", started.RequestId.Value);
        Assert.Equal(["start scenes-tune-run-1"], _core.Instances.Done);
        var request = await _core.Get<RequestStore>().ReadRequestAsync(started.RequestId, CancellationToken.None);
        Assert.True(request.DryRun);
        Assert.Equal([scene], request.SceneIds.Select(id => id.Value));
    }

    [Fact]
    public async Task It_waits_until_the_dry_run_has_ended()
    {
        var started = await StartTuningAsync(_core.AddScene("1"));

        Assert.False((await CheckAsync(started)).Ended);
        _core.Instances.End(started.RequestId, RuntimeStatus.Completed, new TagScenesOutput { Done = 1 });
        Assert.True((await CheckAsync(started)).Ended);
    }

    [Fact]
    public async Task Why_the_dry_run_failed_is_the_reason()
    {
        var started = await StartTuningAsync(_core.AddScene("1"));
        var failed = new TagScenesOutput { Failed = 1, Failures = [new SceneFailure(started.SceneId, "no file")] };
        _core.Instances.End(started.RequestId, RuntimeStatus.Completed, failed);

        var thrown = await Assert.ThrowsAsync<PermanentFailureException>(() => CheckAsync(started));

        Assert.Equal($"Scene {started.SceneId} could not be analyzed: no file", thrown.Message);
    }

    [Fact]
    public async Task Without_a_log_there_is_nothing_to_search()
    {
        var scene = SceneId.Known(_core.AddScene("1"));

        var thrown = await Assert.ThrowsAsync<PermanentFailureException>(() =>
            _core.RunAsync<FindMarkerSettingsOutput>(
                WorkflowNames.FindSettings,
                new FindSettingsInput(InstanceId.Known("marker-settings-1"), scene)
            )
        );

        Assert.Contains("is gone from the data folder", thrown.Message, StringComparison.Ordinal);
    }

    private Task<TuningStarted> StartTuningAsync(string? scene = null) =>
        _core.RunAsync<TuningStarted>(
            WorkflowNames.StartTuning,
            new StartTuningInput(InstanceId.Known("marker-settings-1"), "run", scene is null ? null : SceneId.Known(scene))
        );

    private Task<CheckTuningOutput> CheckAsync(TuningStarted started) =>
        _core.RunAsync<CheckTuningOutput>(WorkflowNames.CheckTuning, started);
}

using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.UnitTests.Workflows.Requests;

/// <summary>One look at a request, on a real store: what it counts, starts, joins and replaces.</summary>
public sealed class AdvanceRequestActivityTests : IAsyncDisposable
{
    private readonly InProcessCore _core = new(options => options with { Concurrency = options.Concurrency with { Scenes = 2 } });

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task Starts_scenes_up_to_the_limit()
    {
        await RequestAsync("scenes-1", ["1", "2", "3"]);

        var output = await AdvanceAsync("scenes-1");

        Assert.Equal(["start scenes-1", "start scene-1", "start scene-2"], _core.Instances.Done);
        Assert.Equal((3, 0, 2, true), (output.Progress.Total, output.Progress.Ended, output.Progress.Running, output.Progress.Moved));
    }

    [Fact]
    public async Task The_limit_holds_over_all_requests()
    {
        await RequestAsync("scenes-1", ["1", "2"]);
        await RequestAsync("scenes-2", ["3"]);
        await AdvanceAsync("scenes-1");

        await AdvanceAsync("scenes-2");

        Assert.DoesNotContain("start scene-3", _core.Instances.Done);
    }

    [Fact]
    public async Task A_suspended_scene_holds_no_place()
    {
        await RequestAsync("scenes-1", ["1", "2", "3"]);
        await AdvanceAsync("scenes-1");
        await _core.Instances.SuspendAsync("scene-1", "later", CancellationToken.None);

        await AdvanceAsync("scenes-1");

        Assert.Contains("start scene-3", _core.Instances.Done);
    }

    [Fact]
    public async Task A_scene_that_runs_is_joined_and_not_started_twice()
    {
        await RequestAsync("scenes-1", ["1"]);
        await _core.Instances.StartAsync(
            WorkflowNames.TagScene,
            "scene-1",
            new TagSceneInput { SceneId = SceneId.Known("1") },
            CancellationToken.None
        );

        await AdvanceAsync("scenes-1");

        Assert.Single(_core.Instances.Done, done => done == "start scene-1");
        Assert.True(Assert.Single((await StateAsync("scenes-1")).Running).Joined);
    }

    [Fact]
    public async Task With_force_a_scene_that_runs_is_ended_and_started_again()
    {
        await RequestAsync("scenes-1", ["1"], force: "token");
        await _core.Instances.StartAsync(
            WorkflowNames.TagScene,
            "scene-1",
            new TagSceneInput { SceneId = SceneId.Known("1") },
            CancellationToken.None
        );

        await AdvanceAsync("scenes-1");

        Assert.Equal(["terminate scene-1", "start scene-1"], _core.Instances.Done.TakeLast(2));
        Assert.Equal("token", _core.Instances.InputOf<TagSceneInput>("scene-1").ForceToken);
    }

    [Fact]
    public async Task Ended_scenes_are_counted_by_how_they_ended_and_make_room()
    {
        await RequestAsync("scenes-1", ["1", "2", "3", "4"]);
        await AdvanceAsync("scenes-1");
        _core.Instances.End("scene-1", RuntimeStatus.Completed, new TagSceneOutput { Outcome = TagSceneOutcome.Tagged, Frames = 30 });
        _core.Instances.End("scene-2", RuntimeStatus.Failed, "no file");
        await AdvanceAsync("scenes-1");
        _core.Instances.End("scene-3", RuntimeStatus.Completed, new TagSceneOutput { Outcome = TagSceneOutcome.Skipped });
        _core.Instances.End("scene-4", RuntimeStatus.Terminated, "enough");

        var output = await AdvanceAsync("scenes-1");

        var progress = output.Progress;
        Assert.Equal((1, 1, 1, 1), (progress.Done, progress.Failed, progress.Skipped, progress.Terminated));
        Assert.Equal(30, progress.FramesDone);
        Assert.Equal(new SceneFailure(SceneId.Known("2"), "no file"), Assert.Single(output.Failures));
    }

    [Fact]
    public async Task A_look_at_what_has_not_changed_says_so_and_starts_nothing()
    {
        await RequestAsync("scenes-1", ["1"]);
        await AdvanceAsync("scenes-1");
        var done = _core.Instances.Done.Count;

        Assert.False((await AdvanceAsync("scenes-1")).Progress.Moved);
        Assert.Equal(done, _core.Instances.Done.Count);
    }

    [Fact]
    public async Task A_start_that_was_decided_before_a_crash_happens_at_the_next_look()
    {
        await RequestAsync("scenes-1", ["1"]);
        var decided = new RequestState { Next = 1, Running = [new RunningScene(SceneId.Known("1"), default, Joined: false)] };
        await _core.Get<RequestStore>().WriteStateAsync("scenes-1", decided, CancellationToken.None);

        await AdvanceAsync("scenes-1");

        Assert.Equal(["start scenes-1", "start scene-1"], _core.Instances.Done);
    }

    [Fact]
    public async Task An_instance_that_was_there_before_the_decision_is_replaced_and_not_counted()
    {
        await _core.Instances.StartAsync(
            WorkflowNames.TagScene,
            "scene-1",
            new TagSceneInput { SceneId = SceneId.Known("1") },
            CancellationToken.None
        );
        _core.Instances.End("scene-1", RuntimeStatus.Failed, "of an earlier request");
        await RequestAsync("scenes-1", ["1"]);

        var output = await AdvanceAsync("scenes-1");

        Assert.Equal(0, output.Progress.Failed);
        Assert.Equal(RuntimeStatus.Running, _core.Instances["scene-1"].RuntimeStatus);
    }

    [Theory]
    [InlineData(RuntimeStatus.Suspended)]
    [InlineData(RuntimeStatus.Terminated)]
    public async Task A_request_that_is_held_or_ended_starts_nothing_more(RuntimeStatus status)
    {
        await RequestAsync("scenes-1", ["1"]);
        _core.Instances.End("scenes-1", status, output: null);

        await AdvanceAsync("scenes-1");

        Assert.DoesNotContain("start scene-1", _core.Instances.Done);
    }

    [Fact]
    public async Task Scenes_by_name_go_before_those_with_a_request_tag()
    {
        await RequestAsync("scenes-named", ["1", "2", "3"]);
        await RequestAsync("scenes-tagged", ["8"], SceneSelection.TagMe);
        await AdvanceAsync("scenes-named");
        _core.Instances.End("scene-1", RuntimeStatus.Completed, new TagSceneOutput { Outcome = TagSceneOutcome.Tagged });

        await AdvanceAsync("scenes-tagged");

        Assert.DoesNotContain("start scene-8", _core.Instances.Done);
        await AdvanceAsync("scenes-named");
        Assert.Contains("start scene-3", _core.Instances.Done);
        _core.Instances.End("scene-2", RuntimeStatus.Completed, new TagSceneOutput { Outcome = TagSceneOutcome.Tagged });
        await AdvanceAsync("scenes-tagged");
        Assert.Contains("start scene-8", _core.Instances.Done);
    }

    [Fact]
    public async Task A_request_tag_is_needed_only_by_scenes_that_were_not_named()
    {
        await RequestAsync("scenes-named", ["1"]);
        await RequestAsync("scenes-tagged", ["8"], SceneSelection.TagMe);

        await AdvanceAsync("scenes-named");
        await AdvanceAsync("scenes-tagged");

        Assert.True(_core.Instances.InputOf<TagSceneInput>("scene-1").ByName);
        Assert.False(_core.Instances.InputOf<TagSceneInput>("scene-8").ByName);
    }

    [Fact]
    public async Task A_retried_request_counts_what_ended_well_and_starts_the_rest_by_name()
    {
        await RequestAsync("scenes-1", ["1", "2"], SceneSelection.TagMe);
        await AdvanceAsync("scenes-1");
        _core.Instances.End("scene-1", RuntimeStatus.Completed, new TagSceneOutput { Outcome = TagSceneOutcome.Tagged });
        _core.Instances.End("scene-2", RuntimeStatus.Failed, "no file");
        await AdvanceAsync("scenes-1");
        _core.Instances.End("scenes-1", RuntimeStatus.Completed, new TagScenesOutput());
        await _core.CallAsync("POST", "api/instances/{id}/retry", id: "scenes-1");

        var output = await AdvanceAsync("scenes-1");

        Assert.Equal((1, 0, 1), (output.Progress.Done, output.Progress.Failed, output.Progress.Running));
        Assert.True(_core.Instances.InputOf<TagSceneInput>("scene-2").ByName);
    }

    [Fact]
    public async Task Only_so_many_failures_and_so_much_of_a_reason_is_kept()
    {
        string[] scenes = [.. Enumerable.Range(1, 30).Select(n => $"{n}")];
        await RequestAsync("scenes-1", scenes);
        AdvanceOutput output;
        do
        {
            output = await AdvanceAsync("scenes-1");
            foreach (var scene in scenes.Where(s => _core.Instances.Done.Contains($"start scene-{s}")))
            {
                _core.Instances.End($"scene-{scene}", RuntimeStatus.Failed, new string('r', 1000));
            }
        } while (output.Progress.Ended < scenes.Length);

        Assert.Equal((30, 20), (output.Progress.Failed, output.Failures.Count));
        Assert.All(output.Failures, failure => Assert.Equal(301, failure.Reason.Length));
    }

    [Fact]
    public async Task A_list_that_is_gone_is_a_failure_for_good()
    {
        var requests = _core.Get<RequestStore>();
        await requests.WriteRequestAsync("scenes-1", new SceneRequest { Selection = SceneSelection.TagMe }, CancellationToken.None);

        var thrown = await Assert.ThrowsAsync<PermanentFailureException>(() => AdvanceAsync("scenes-1"));

        Assert.Contains("scenes-1", thrown.Message, StringComparison.Ordinal);
    }

    private Task<AdvanceOutput> AdvanceAsync(string id) =>
        _core.RunAsync<AdvanceOutput>(WorkflowNames.AdvanceRequest, new RequestInput(InstanceId.Known(id)));

    private Task<RequestState> StateAsync(string id) => _core.Get<RequestStore>().ReadStateAsync(id, CancellationToken.None);

    private async Task RequestAsync(string id, string[] scenes, SceneSelection selection = SceneSelection.Named, string force = "")
    {
        var requests = _core.Get<RequestStore>();
        var request = new SceneRequest { Selection = selection, ForceToken = force };
        await requests.WriteRequestAsync(id, request, CancellationToken.None);
        await requests.WriteScenesAsync(id, [.. scenes.Select(SceneId.Known)], CancellationToken.None);
        await _core.Instances.StartAsync(WorkflowNames.TagScenes, id, new TagScenesInput(), CancellationToken.None);
    }
}

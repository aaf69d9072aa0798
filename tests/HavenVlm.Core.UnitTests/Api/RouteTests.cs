using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Undoing;

namespace HavenVlm.Core.UnitTests.Api;

/// <summary>Calls through the route table that both hosts share, on a real store.</summary>
public sealed class RouteTests : IAsyncDisposable
{
    private readonly InProcessCore _core = new();

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Theory]
    [InlineData("api/scenes/tag", """{"sceneIds":["12"]}""", "scenes-", "TagScenes")]
    [InlineData("api/scenes/update", "{}", "scenes-", "TagScenes")]
    [InlineData("api/images/tag", """{"imageIds":["7"]}""", "images-", "TagImages")]
    [InlineData("api/incorrect/collect", "{}", "incorrect-", "CollectIncorrect")]
    [InlineData("api/marker-settings", """{"sceneId":"12"}""", "marker-settings-", "FindMarkerSettings")]
    [InlineData("api/undo", """{"sceneIds":["12"]}""", "undo-", "Undo")]
    [InlineData("api/sweep", null, "sweep", "Sweep")]
    public async Task Every_start_is_a_202_that_leads_to_the_instance(string template, string? body, string prefix, string orchestrator)
    {
        var answer = await _core.CallAsync("POST", template, body);

        Assert.Equal(202, answer.Status);
        var id = answer.Text("id");
        Assert.StartsWith(prefix, id, StringComparison.Ordinal);
        Assert.Equal(orchestrator, _core.Instances[id].Name);
        var address = $"http://nas:7071/api/instances/{id}";
        Assert.Equal(address, answer.Response.Headers["Location"]);
        Assert.True(int.TryParse(answer.Response.Headers["Retry-After"], out _));
        Assert.Equal(address, answer.Text("statusQueryGetUri"));
        Assert.Equal(address, answer.Text("purgeHistoryDeleteUri"));
        Assert.All(
            ["terminate", "suspend", "resume", "retry"],
            verb => Assert.Equal($"{address}/{verb}?reason={{text}}", answer.Text($"{verb}PostUri"))
        );
    }

    [Fact]
    public async Task A_request_is_kept_as_it_was_asked_before_its_instance_starts()
    {
        var answer = await _core.CallAsync("POST", "api/scenes/tag", """{"sceneIds":["12","13","12"],"force":true,"dryRun":true}""");

        var request = await _core.Get<RequestStore>().ReadRequestAsync(answer.Text("id"), CancellationToken.None);
        Assert.Equal(["12", "13"], request.SceneIds.Select(id => id.Value));
        Assert.Equal((SceneSelection.Named, true), (request.Selection, request.DryRun));
        Assert.NotEqual("", request.ForceToken);
    }

    [Theory]
    [InlineData("api/scenes/tag", "{}", SceneSelection.TagMe)]
    [InlineData("api/scenes/update", "{}", SceneSelection.UpdateMe)]
    [InlineData("api/scenes/tag", """{"filter":" Beach "}""", SceneSelection.Filter)]
    [InlineData("api/scenes/update", """{"sceneIds":["1"]}""", SceneSelection.Named)]
    public async Task What_is_named_says_which_scenes_are_meant(string template, string body, SceneSelection selection)
    {
        var answer = await _core.CallAsync("POST", template, body);

        var request = await _core.Get<RequestStore>().ReadRequestAsync(answer.Text("id"), CancellationToken.None);
        Assert.Equal(selection, request.Selection);
        Assert.Equal(selection is SceneSelection.Filter ? "Beach" : "", request.Filter);
    }

    [Theory]
    [InlineData("api/scenes/tag", """{"sceneIds":["12"],"filter":"Beach"}""", "Two selections")]
    [InlineData("api/scenes/tag", """{"sceneIds":["007"]}""", "Not a scene id")]
    [InlineData("api/scenes/tag", """{"sceneIds":[null]}""", "Not a scene id")]
    [InlineData("api/scenes/tag", """{"sceneIDS_":["1"]}""", "Unknown key")]
    [InlineData("api/scenes/tag", """{"force":"yes"}""", "A value of the wrong type")]
    [InlineData("api/scenes/tag", """{"force":true,"force":true}""", "A key twice")]
    [InlineData("api/scenes/tag", "[]", "The body is not an object")]
    [InlineData("api/scenes/tag", "{", "The body is not JSON")]
    [InlineData("api/images/tag", """{"imageIds":["x"]}""", "Not an image id")]
    [InlineData("api/marker-settings", """{"sceneId":"x"}""", "Not a scene id")]
    public async Task A_body_that_cannot_be_meant_is_a_400_that_starts_nothing(string template, string body, string title)
    {
        var answer = await _core.CallAsync("POST", template, body);

        Assert.Equal(400, answer.Status);
        Assert.True(answer.IsProblem);
        Assert.Equal((title, 400), (answer.Text("title"), answer.Json.GetProperty("status").GetInt32()));
        Assert.Empty(_core.Instances.Done);
    }

    [Fact]
    public async Task An_undo_of_nothing_in_particular_is_refused()
    {
        var answer = await _core.CallAsync("POST", "api/undo", "{}");

        Assert.Equal(400, answer.Status);
        Assert.Empty(_core.Instances.Done);
    }

    [Fact]
    public async Task An_undo_of_all_says_so_to_its_orchestrator()
    {
        var answer = await _core.CallAsync("POST", "api/undo", """{"all":true,"dryRun":true}""");

        Assert.Equal(new UndoInput(All: true, DryRun: true), _core.Instances.InputOf<UndoInput>(answer.Text("id")));
    }

    [Theory]
    [InlineData("""{"args":{"hookContext":{"type":"Scene.Update.Post","inputFields":["tag_ids"]}}}""", true)]
    [InlineData("""{"hookContext":{"type":"Scene.Update.Post","inputFields":["title"]},"server_connection":{}}""", false)]
    [InlineData("""{"hookContext":{"type":"Image.Create.Post","inputFields":["title"]}}""", true)]
    [InlineData("{}", true)]
    public async Task A_hook_makes_a_sweep_due_only_when_tags_may_have_changed(string body, bool accepted)
    {
        var answer = await _core.CallAsync("POST", "api/stash/hook", body);

        Assert.Equal(202, answer.Status);
        Assert.Equal(accepted, answer.Json.GetProperty("accepted").GetBoolean());
    }

    [Fact]
    public async Task An_instance_that_runs_is_a_202_and_one_that_has_ended_a_200()
    {
        await StartAsync(WorkflowNames.TagScene, "scene-12", new TagSceneInput { SceneId = SceneId.Known("12") });

        var running = await _core.CallAsync("GET", "api/instances/{id}", id: "scene-12");
        _core.Instances.End("scene-12", RuntimeStatus.Failed, "no file");
        var ended = await _core.CallAsync("GET", "api/instances/{id}", id: "scene-12");

        Assert.Equal((202, "Running"), (running.Status, running.Text("runtimeStatus")));
        Assert.True(running.Response.Headers.ContainsKey("Retry-After"));
        Assert.Equal((200, "Failed", "no file"), (ended.Status, ended.Text("runtimeStatus"), ended.Text("output")));
        Assert.Empty(ended.Response.Headers);
    }

    [Theory]
    [InlineData("GET", "api/instances/{id}")]
    [InlineData("DELETE", "api/instances/{id}")]
    [InlineData("POST", "api/instances/{id}/terminate")]
    [InlineData("POST", "api/instances/{id}/suspend")]
    [InlineData("POST", "api/instances/{id}/resume")]
    [InlineData("POST", "api/instances/{id}/retry")]
    public async Task What_there_is_not_is_a_404(string method, string template)
    {
        var answer = await _core.CallAsync(method, template, id: "scene-99");

        Assert.Equal((404, true), (answer.Status, answer.IsProblem));
    }

    [Theory]
    [InlineData("terminate", true)]
    [InlineData("suspend", true)]
    [InlineData("resume", true)]
    [InlineData("retry", false)]
    public async Task What_is_not_possible_in_a_state_is_a_410_that_names_it(string verb, bool ended)
    {
        await StartAsync(WorkflowNames.Undo, "undo-1", new UndoInput(All: true, DryRun: false));
        if (ended)
        {
            _core.Instances.End("undo-1", RuntimeStatus.Completed, new UndoOutput());
        }

        var answer = await _core.CallAsync("POST", $"api/instances/{{id}}/{verb}", id: "undo-1");

        Assert.Equal((410, true), (answer.Status, answer.IsProblem));
        Assert.Contains(ended ? "Completed" : "Running", answer.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_that_runs_is_not_forgotten_and_one_that_has_ended_goes_with_its_artifacts()
    {
        var id = (await _core.CallAsync("POST", "api/scenes/tag", """{"sceneIds":["12"]}""")).Text("id");

        Assert.Equal(409, (await _core.CallAsync("DELETE", "api/instances/{id}", id: id)).Status);
        _core.Instances.End(id, RuntimeStatus.Completed, new TagScenesOutput());
        Assert.Equal(204, (await _core.CallAsync("DELETE", "api/instances/{id}", id: id)).Status);

        Assert.Equal(404, (await _core.CallAsync("GET", "api/instances/{id}", id: id)).Status);
        Assert.Null(await _core.Get<RequestStore>().FindRequestAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task Terminating_a_request_reaches_the_scenes_that_it_started_and_takes_their_request_tags_off()
    {
        await RequestAsync("12", "13");
        await StartAsync(WorkflowNames.TagScene, "scene-12", new TagSceneInput { SceneId = SceneId.Known("12") });
        await StartAsync(WorkflowNames.TagScene, "scene-13", new TagSceneInput { SceneId = SceneId.Known("13") });

        Assert.Equal(202, (await _core.CallAsync("POST", "api/instances/{id}/terminate", id: "scenes-1", query: "reason=enough")).Status);

        Assert.Equal(RuntimeStatus.Terminated, _core.Instances["scene-12"].RuntimeStatus);
        Assert.Equal("enough", _core.Instances["scene-12"].Output!.Value.GetString());
        Assert.Equal(WorkflowNames.ReleaseScene, _core.Instances["release-12"].Name);
        Assert.Equal(RuntimeStatus.Running, _core.Instances["scene-13"].RuntimeStatus);
    }

    [Fact]
    public async Task A_request_is_resumed_after_its_scenes_so_that_it_finds_them_running()
    {
        await RequestAsync("12", "13");
        await StartAsync(WorkflowNames.TagScene, "scene-12", new TagSceneInput { SceneId = SceneId.Known("12") });

        await _core.CallAsync("POST", "api/instances/{id}/suspend", id: "scenes-1");
        await _core.CallAsync("POST", "api/instances/{id}/resume", id: "scenes-1");

        Assert.Equal(["suspend scenes-1", "suspend scene-12", "resume scene-12", "resume scenes-1"], _core.Instances.Done.TakeLast(4));
    }

    [Fact]
    public async Task A_retried_scene_counts_as_asked_for_by_name_and_begins_again()
    {
        var ran = new TagSceneInput
        {
            SceneId = SceneId.Known("12"),
            State = new TagSceneState
            {
                Run = "1",
                Round = 3,
                StartedAt = default,
                LastAnswerAt = default,
            },
        };
        await StartAsync(WorkflowNames.TagScene, "scene-12", ran);
        _core.Instances.End("scene-12", RuntimeStatus.Failed, "no file");

        Assert.Equal(202, (await _core.CallAsync("POST", "api/instances/{id}/retry", id: "scene-12")).Status);

        var input = _core.Instances.InputOf<TagSceneInput>("scene-12");
        Assert.True(input.ByName);
        Assert.Null(input.State);
    }

    [Theory]
    [InlineData("status=running,failed", 200)]
    [InlineData("status=walking", 400)]
    [InlineData("status=1", 400)]
    [InlineData("top=0", 400)]
    [InlineData("top=1001", 400)]
    [InlineData("from=yesterday", 400)]
    [InlineData("from=2026-01-31T12:00:00Z&top=1", 200)]
    public async Task A_listing_takes_only_what_it_understands(string query, int status) =>
        Assert.Equal(status, (await _core.CallAsync("GET", "api/instances", query: query)).Status);

    [Fact]
    public async Task Inputs_are_listed_only_where_asked_for()
    {
        await StartAsync(WorkflowNames.TagImages, "images-1", new TagImagesInput());

        Assert.False(
            (await _core.CallAsync("GET", "api/instances/{id}", id: "images-1")).Json.TryGetProperty("input", out var none)
                && none.ValueKind is System.Text.Json.JsonValueKind.Object
        );
        Assert.True(
            (await _core.CallAsync("GET", "api/instances/{id}", id: "images-1", query: "showInput=true")).Json.TryGetProperty(
                "input",
                out _
            )
        );
    }

    [Fact]
    public async Task An_unknown_endpoint_cannot_be_paused() =>
        Assert.Equal(404, (await _core.CallAsync("POST", "api/endpoints/{name}/pause", id: "nobody")).Status);

    [Fact]
    public async Task The_health_check_needs_no_key_and_every_call_with_data_does()
    {
        Assert.Equal(200, (await _core.CallAsync("GET", "api/health")).Status);
        Assert.All(
            ApiRoutes.All.Where(route => route.Anonymous),
            route => Assert.True(route.Method is "GET" && route.Name is "Health" or "Dashboard" or "DashboardFile" or "OpenApi", route.Name)
        );
    }

    private Task StartAsync(string name, string id, object input) => _core.Instances.StartAsync(name, id, input, CancellationToken.None);

    /// <summary>A request that has started its first scene and joined the second one.</summary>
    private async Task RequestAsync(string started, string joined)
    {
        var requests = _core.Get<RequestStore>();
        var request = new SceneRequest { Selection = SceneSelection.Named, SceneIds = [SceneId.Known(started), SceneId.Known(joined)] };
        await requests.WriteRequestAsync("scenes-1", request, CancellationToken.None);
        await requests.WriteStateAsync(
            "scenes-1",
            new RequestState
            {
                Next = 2,
                Running =
                [
                    new RunningScene(SceneId.Known(started), default, Joined: false),
                    new RunningScene(SceneId.Known(joined), default, Joined: true),
                ],
            },
            CancellationToken.None
        );
        await StartAsync(WorkflowNames.TagScenes, "scenes-1", new TagScenesInput());
    }
}

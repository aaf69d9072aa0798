using HavenVlm.Core.Api.Dashboard;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Api;

/// <summary>Every call of the HTTP API, the same on both hosts.</summary>
public static class ApiRoutes
{
    /// <summary>Largest body that a host accepts, in bytes.</summary>
    public const int MaxBodyBytes = 4 * 1024 * 1024;

    /// <summary>All calls.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new()
        {
            Method = "POST",
            Template = "api/scenes/tag",
            Name = "TagScenesStart",
            Summary = "Analyzes scenes: the ones named, a saved filter's, or all with VLM_TagMe",
            RequestType = typeof(TagScenesRequest),
            ResponseType = typeof(StartedResponse),
            SuccessStatus = 202,
            HandleAsync = (service, request, token) => SceneCalls.StartAsync(service, request, update: false, token),
        },
        new()
        {
            Method = "POST",
            Template = "api/scenes/update",
            Name = "UpdateScenesStart",
            Summary = "Rebuilds scenes with today's settings: the ones named, or all with VLM_UpdateMe",
            RequestType = typeof(TagScenesRequest),
            ResponseType = typeof(StartedResponse),
            SuccessStatus = 202,
            HandleAsync = (service, request, token) => SceneCalls.StartAsync(service, request, update: true, token),
        },
        new()
        {
            Method = "POST",
            Template = "api/marker-settings",
            Name = "MarkerSettingsStart",
            Summary = "Finds marker settings from a scene whose markers the user put right",
            RequestType = typeof(MarkerSettingsRequest),
            ResponseType = typeof(StartedResponse),
            SuccessStatus = 202,
            HandleAsync = MarkerSettingsCalls.StartAsync,
        },
        new()
        {
            Method = "GET",
            Template = "api/marker-settings/{id}",
            Name = "MarkerSettingsGet",
            Summary = "What finding marker settings came to; the id is that of its instance",
            ResponseType = typeof(Markers.Tuning.MarkerSettingsResult),
            HandleAsync = MarkerSettingsCalls.GetAsync,
        },
        new()
        {
            Method = "POST",
            Template = "api/images/tag",
            Name = "TagImagesStart",
            Summary = "Analyzes images: the ones named, or all with VLM_TagMe or VLM_UpdateMe and all in galleries with one",
            RequestType = typeof(TagImagesRequest),
            ResponseType = typeof(StartedResponse),
            SuccessStatus = 202,
            HandleAsync = ImageCalls.StartAsync,
        },
        new()
        {
            Method = "POST",
            Template = "api/incorrect/collect",
            Name = "IncorrectCollectStart",
            Summary = "Exports markers and images with VLM_Incorrect, then takes the tag off",
            RequestType = typeof(CollectRequest),
            ResponseType = typeof(StartedResponse),
            SuccessStatus = 202,
            HandleAsync = CollectCalls.StartAsync,
        },
        new()
        {
            Method = "POST",
            Template = "api/undo",
            Name = "UndoStart",
            Summary = "Takes back what was written to Stash: for the scenes and images named, or all",
            RequestType = typeof(UndoRequest),
            ResponseType = typeof(StartedResponse),
            SuccessStatus = 202,
            HandleAsync = UndoCalls.StartAsync,
        },
        new()
        {
            Method = "POST",
            Template = "api/sweep",
            Name = "SweepStart",
            Summary = "Looks for request tags now, as the timer does",
            ResponseType = typeof(StartedResponse),
            SuccessStatus = 202,
            HandleAsync = SceneCalls.SweepAsync,
        },
        new()
        {
            Method = "POST",
            Template = "api/stash/hook",
            Name = "StashHook",
            Summary = "Takes what Stash gives a plugin hook; makes a sweep due when tags changed",
            RequestType = typeof(HookRequest),
            ResponseType = typeof(HookResponse),
            SuccessStatus = 202,
            HandleAsync = SceneCalls.HookAsync,
        },
        new()
        {
            Method = "GET",
            Template = "api/scenes/{id}/timeline",
            Name = "SceneTimeline",
            Summary = "Answers, spans and markers of a scene's latest log",
            ResponseType = typeof(Analysis.AnalysisResult),
            HandleAsync = SceneCalls.TimelineAsync,
        },
        new()
        {
            Method = "GET",
            Template = "api/scenes/{id}/frame",
            Name = "SceneFrame",
            Summary = "The picture at a time, as JPEG",
            QueryParameters = ["t"],
            HandleAsync = SceneCalls.FrameAsync,
        },
        new()
        {
            Method = "GET",
            Template = "api/scenes/{id}/settings",
            Name = "SceneSettingsGet",
            Summary = "Marker settings of this scene alone; {} = none",
            ResponseType = typeof(Markers.SceneMarkerSettings),
            HandleAsync = SceneSettingsCalls.GetAsync,
        },
        new()
        {
            Method = "PUT",
            Template = "api/scenes/{id}/settings",
            Name = "SceneSettingsPut",
            Summary = "Keeps marker settings of this scene alone; {} clears them",
            RequestType = typeof(Markers.SceneMarkerSettings),
            ResponseType = typeof(Markers.SceneMarkerSettings),
            HandleAsync = SceneSettingsCalls.PutAsync,
        },
        new()
        {
            Method = "GET",
            Template = "api/instances",
            Name = "InstanceList",
            Summary = "Instances, latest first; the header x-ms-continuation-token leads to the next page",
            ResponseType = typeof(InstanceResponse[]),
            QueryParameters = ["status", "prefix", "from", "to", "top", "showInput"],
            HandleAsync = InstanceCalls.ListAsync,
        },
        new()
        {
            Method = "GET",
            Template = "api/instances/{id}",
            Name = "InstanceGet",
            Summary = "State of an instance: 202 while it runs, 200 when it has ended",
            ResponseType = typeof(InstanceResponse),
            QueryParameters = ["showInput"],
            HandleAsync = InstanceCalls.GetAsync,
        },
        Control(
            "terminate",
            "InstanceTerminate",
            "Ends an instance, and the scenes that it started",
            (s, i, r, t) => s.TerminateAsync(i, r, t)
        ),
        Control("suspend", "InstanceSuspend", "Holds an instance, and the scenes that it started", (s, i, r, t) => s.SuspendAsync(i, r, t)),
        Control("resume", "InstanceResume", "Goes on with a held instance", (s, i, r, t) => s.ResumeAsync(i, r, t)),
        Control("retry", "InstanceRetry", "Starts an ended instance again", (s, i, r, t) => s.RetryAsync(i, r, t)),
        new()
        {
            Method = "DELETE",
            Template = "api/instances/{id}",
            Name = "InstancePurge",
            Summary = "Forgets an ended instance",
            HandleAsync = InstanceCalls.PurgeAsync,
        },
        Endpoint("pause", "EndpointPause", "Sends no request to an endpoint until it is resumed", paused: true),
        Endpoint("resume", "EndpointResume", "Uses a paused endpoint again", paused: false),
        new()
        {
            Method = "GET",
            Template = "api/status",
            Name = "Status",
            Summary = "Version, Stash, endpoints, running and recent instances, totals",
            ResponseType = typeof(StatusResponse),
            HandleAsync = async (service, _, token) => ApiResponse.Json(200, await service.Status.BuildAsync(token)),
        },
        new()
        {
            Method = "GET",
            Template = "api/events",
            Name = "Events",
            Summary = "Server-sent events of status changes; ends after 60 s, reconnect then",
            HandleAsync = (service, _, _) => Task.FromResult(EventStream.Open(service.Status)),
        },
        new()
        {
            Method = "GET",
            Template = "api/health",
            Name = "Health",
            Summary = "200 when the process serves",
            Anonymous = true,
            HandleAsync = (_, _, _) => Task.FromResult(ApiResponse.Json(200, new HealthResponse("ok"))),
        },
        new()
        {
            Method = "GET",
            Template = "",
            Name = "Dashboard",
            Summary = "The page for people; no data in it without the key",
            Anonymous = true,
            HandleAsync = (_, request, _) => Task.FromResult(DashboardPage.Index(request)),
        },
        new()
        {
            Method = "GET",
            Template = "dashboard/{file}",
            Name = "DashboardFile",
            Summary = "A script, style or picture of the page",
            Anonymous = true,
            HandleAsync = (_, request, _) => Task.FromResult(DashboardPage.File(request)),
        },
    ];

    /// <summary>Answers a call; every failure becomes problem details.</summary>
    public static async Task<ApiResponse> AnswerAsync(
        this ApiRoute route,
        HavenService service,
        ApiRequest request,
        Action<Exception> unexpected,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await route.HandleAsync(service, request, cancellationToken);
        }
        catch (ApiException e)
        {
            return ApiResponse.Problem(e.Status, e.Title, e.Message);
        }
        catch (PermanentFailureException e)
        {
            return ApiResponse.Problem(409, "It cannot be done as things are", e.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            unexpected(e);
            return ApiResponse.Problem(503, "It cannot be done now", $"{e.Message} Try again; the log of the service says more.");
        }
    }

    private static ApiRoute Control(
        string verb,
        string name,
        string summary,
        Func<HavenService, string, string, CancellationToken, Task<bool>> action
    ) =>
        new()
        {
            Method = "POST",
            Template = "api/instances/{id}/" + verb,
            Name = name,
            Summary = summary,
            SuccessStatus = 202,
            QueryParameters = ["reason"],
            HandleAsync = (service, request, token) => InstanceCalls.ControlAsync(service, request, verb, action, token),
        };

    private static ApiRoute Endpoint(string verb, string name, string summary, bool paused) =>
        new()
        {
            Method = "POST",
            Template = "api/endpoints/{name}/" + verb,
            Name = name,
            Summary = summary,
            HandleAsync = async (service, request, token) =>
            {
                await service.Endpoints.SetPausedAsync(request.Route["name"], paused, token);
                return new ApiResponse { Status = 204 };
            },
        };
}

/// <summary>Answer of the health check.</summary>
/// <param name="Status">Always <c>ok</c>.</param>
public sealed record HealthResponse(string Status);

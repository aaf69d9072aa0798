using HavenVlm.Core.Api.Dashboard;
using HavenVlm.Core.Common;
using Microsoft.Extensions.DependencyInjection;

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
            HandleAsync = Start<SceneRequests, TagScenesRequest>(
                (requests, body, token) => requests.StartAsync(body, update: false, token)
            ),
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
            HandleAsync = Start<SceneRequests, TagScenesRequest>((requests, body, token) => requests.StartAsync(body, update: true, token)),
        },
        new()
        {
            Method = "POST",
            Template = "api/marker-settings",
            Name = "MarkerSettingsStart",
            Summary = "Finds marker settings from a scene whose markers the user corrected",
            RequestType = typeof(MarkerSettingsRequest),
            ResponseType = typeof(StartedResponse),
            SuccessStatus = 202,
            HandleAsync = Start<MarkerSettingsRequests, MarkerSettingsRequest>((requests, body, token) => requests.StartAsync(body, token)),
        },
        new()
        {
            Method = "GET",
            Template = "api/marker-settings/{id}",
            Name = "MarkerSettingsGet",
            Summary = "What finding marker settings came to; the id is that of its instance",
            ResponseType = typeof(Markers.Tuning.MarkerSettingsResult),
            HandleAsync = To<MarkerSettingsCalls>(calls => calls.GetAsync),
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
            HandleAsync = Start<ImageRequests, TagImagesRequest>((requests, body, token) => requests.StartAsync(body, token)),
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
            HandleAsync = Start<CollectRequests, CollectRequest>((requests, body, token) => requests.StartAsync(body, token)),
        },
        new()
        {
            Method = "POST",
            Template = "api/undo",
            Name = "UndoStart",
            Summary = "Removes from Stash what Haven VLM wrote: for the scenes and images named, or all",
            RequestType = typeof(UndoRequest),
            ResponseType = typeof(StartedResponse),
            SuccessStatus = 202,
            HandleAsync = Start<UndoRequests, UndoRequest>((requests, body, token) => requests.StartAsync(body, token)),
        },
        new()
        {
            Method = "POST",
            Template = "api/sweep",
            Name = "SweepStart",
            Summary = "Checks request tags now, as the timer does",
            ResponseType = typeof(StartedResponse),
            SuccessStatus = 202,
            HandleAsync = To<SweepCalls>(calls => calls.StartAsync),
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
            HandleAsync = To<SweepCalls>(calls => calls.HookAsync),
        },
        new()
        {
            Method = "GET",
            Template = "api/scenes/{id}/timeline",
            Name = "SceneTimeline",
            Summary = "Answers, spans and markers of a scene's latest log",
            ResponseType = typeof(Analysis.AnalysisResult),
            HandleAsync = To<SceneCalls>(calls => calls.TimelineAsync),
        },
        new()
        {
            Method = "GET",
            Template = "api/scenes/{id}/frame",
            Name = "SceneFrame",
            Summary = "The picture at a time, as JPEG",
            QueryParameters = ["t"],
            HandleAsync = To<SceneCalls>(calls => calls.FrameAsync),
        },
        new()
        {
            Method = "GET",
            Template = "api/scenes/{id}/settings",
            Name = "SceneSettingsGet",
            Summary = "Marker settings of this scene alone; {} = none",
            ResponseType = typeof(Markers.SceneMarkerSettings),
            HandleAsync = To<SceneSettingsCalls>(calls => calls.GetAsync),
        },
        new()
        {
            Method = "PUT",
            Template = "api/scenes/{id}/settings",
            Name = "SceneSettingsPut",
            Summary = "Keeps marker settings of this scene alone; {} clears them",
            RequestType = typeof(Markers.SceneMarkerSettings),
            ResponseType = typeof(Markers.SceneMarkerSettings),
            HandleAsync = To<SceneSettingsCalls>(calls => calls.PutAsync),
        },
        new()
        {
            Method = "GET",
            Template = "api/instances",
            Name = "InstanceList",
            Summary = "Instances, latest first; the header x-ms-continuation-token leads to the next page",
            ResponseType = typeof(InstanceResponse[]),
            QueryParameters = ["status", "prefix", "from", "to", "top", "showInput"],
            HandleAsync = To<InstanceCalls>(calls => calls.ListAsync),
        },
        new()
        {
            Method = "GET",
            Template = "api/instances/{id}",
            Name = "InstanceGet",
            Summary = "State of an instance: 202 while it runs, 200 when it has ended",
            ResponseType = typeof(InstanceResponse),
            QueryParameters = ["showInput"],
            HandleAsync = To<InstanceCalls>(calls => calls.GetAsync),
        },
        Control("terminate", "InstanceTerminate", "Ends an instance, and the scenes that it started", calls => calls.TerminateAsync),
        Control("suspend", "InstanceSuspend", "Holds an instance, and the scenes that it started", calls => calls.SuspendAsync),
        Control("resume", "InstanceResume", "Resumes a suspended instance", calls => calls.ResumeAsync),
        Control("retry", "InstanceRetry", "Starts an ended instance again", calls => calls.RetryAsync),
        new()
        {
            Method = "DELETE",
            Template = "api/instances/{id}",
            Name = "InstancePurge",
            Summary = "Forgets an ended instance",
            HandleAsync = To<InstanceCalls>(calls => calls.PurgeAsync),
        },
        new()
        {
            Method = "POST",
            Template = "api/endpoints/pause",
            Name = "EndpointsPause",
            Summary = "Sends no request to any endpoint until a time, or until they are resumed",
            RequestType = typeof(PauseRequest),
            HandleAsync = To<EndpointControl>(endpoints =>
                async (request, token) =>
                {
                    await endpoints.PauseAllAsync(await request.ReadAsync<PauseRequest>(token), token);
                    return new ApiResponse { Status = 204 };
                }
            ),
        },
        new()
        {
            Method = "POST",
            Template = "api/endpoints/resume",
            Name = "EndpointsResume",
            Summary = "Ends the pause of every endpoint",
            HandleAsync = To<EndpointControl>(endpoints =>
                async (_, token) =>
                {
                    await endpoints.ResumeAllAsync(token);
                    return new ApiResponse { Status = 204 };
                }
            ),
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
            HandleAsync = To<StatusReport>(report => async (_, token) => ApiResponse.Json(200, await report.BuildAsync(token))),
        },
        new()
        {
            Method = "GET",
            Template = "api/events",
            Name = "Events",
            Summary = "Server-sent events of status changes; ends after 60 s, reconnect then",
            HandleAsync = To<StatusReport>(report => (_, _) => Task.FromResult(EventStream.Open(report))),
        },
        new()
        {
            Method = "GET",
            Template = "api/tags/unknown",
            Name = "UnknownTagNames",
            Summary = "Names in replies that are no tag, with counts: one may be an alias of a tag",
            ResponseType = typeof(UnknownNamesResponse),
            HandleAsync = To<TagCalls>(calls => calls.UnknownAsync),
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
    /// <param name="route">The call.</param>
    /// <param name="services">Has what <see cref="HavenServiceCollectionExtensions"/> adds.</param>
    /// <param name="request">What was sent.</param>
    /// <param name="unexpected">Takes failures that are no fault of the caller. Returns what of the host does not answer; null = a fault of ours.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ApiResponse> AnswerAsync(
        this ApiRoute route,
        IServiceProvider services,
        ApiRequest request,
        Func<Exception, string?> unexpected,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await route.HandleAsync(services, request, cancellationToken);
        }
        catch (ApiException e)
        {
            return ApiResponse.Problem(e.Status, e.Title, e.Message);
        }
        catch (PermanentFailureException e)
        {
            return ApiResponse.Problem(409, "It cannot be done as things are", e.Message);
        }
        catch (UnavailableException e)
        {
            return ApiResponse.Problem(503, "It cannot be done now", $"{e.Message} Try again later.");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (unexpected(e) is { } outage)
            {
                return ApiResponse.Problem(503, "It cannot be done now", $"{outage} Try again later.");
            }

            // What an unexpected exception says may be anything: it is for the log.
            return ApiResponse.Problem(
                500,
                "Unexpected error",
                "Something went wrong in Haven VLM. The log of the service has the details."
            );
        }
    }

    /// <summary>Hands a call to a service.</summary>
    private static ApiHandler To<TService>(Func<TService, Func<ApiRequest, CancellationToken, Task<ApiResponse>>> call)
        where TService : notnull => (services, request, token) => call(services.GetRequiredService<TService>())(request, token);

    /// <summary>Reads the body and starts what it asks for; the answer leads to the instance.</summary>
    private static ApiHandler Start<TService, TBody>(Func<TService, TBody, CancellationToken, Task<string>> start)
        where TService : notnull =>
        async (services, request, token) =>
        {
            var body = await request.ReadAsync<TBody>(token);
            return Links.Started(request, await start(services.GetRequiredService<TService>(), body, token));
        };

    private static ApiRoute Control(
        string verb,
        string name,
        string summary,
        Func<InstanceCalls, Func<ApiRequest, CancellationToken, Task<ApiResponse>>> call
    ) =>
        new()
        {
            Method = "POST",
            Template = "api/instances/{id}/" + verb,
            Name = name,
            Summary = summary,
            SuccessStatus = 202,
            QueryParameters = ["reason"],
            HandleAsync = To(call),
        };

    private static ApiRoute Endpoint(string verb, string name, string summary, bool paused) =>
        new()
        {
            Method = "POST",
            Template = "api/endpoints/{name}/" + verb,
            Name = name,
            Summary = summary,
            HandleAsync = To<EndpointControl>(endpoints =>
                async (request, token) =>
                {
                    await endpoints.SetPausedAsync(request.Route["name"], paused, token);
                    return new ApiResponse { Status = 204 };
                }
            ),
        };
}

/// <summary>Answer of the health check.</summary>
/// <param name="Status">Always <c>ok</c>.</param>
public sealed record HealthResponse(string Status);

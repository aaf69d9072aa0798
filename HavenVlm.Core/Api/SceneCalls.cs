using System.Globalization;

namespace HavenVlm.Core.Api;

/// <summary>The calls about scenes, the sweep and the hook.</summary>
internal static class SceneCalls
{
    public static async Task<ApiResponse> StartAsync(
        HavenService service,
        ApiRequest request,
        bool update,
        CancellationToken cancellationToken
    )
    {
        var body = await request.ReadAsync<TagScenesRequest>(cancellationToken);
        return Links.Started(request, await service.StartScenesAsync(body, update, cancellationToken));
    }

    public static async Task<ApiResponse> SweepAsync(HavenService service, ApiRequest request, CancellationToken cancellationToken) =>
        Links.Started(request, await service.SweepAsync(cancellationToken));

    public static async Task<ApiResponse> HookAsync(HavenService service, ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadPartOfAsync<HookRequest>(cancellationToken);
        var accepted = TouchesTags(body.Args?.HookContext ?? body.HookContext);
        if (accepted)
        {
            await service.SweepSoonAsync(cancellationToken);
        }

        return ApiResponse.Json(202, new HookResponse(accepted));
    }

    public static async Task<ApiResponse> TimelineAsync(HavenService service, ApiRequest request, CancellationToken cancellationToken) =>
        ApiResponse.Json(200, await service.Scenes.TimelineAsync(SceneId(request), cancellationToken));

    public static async Task<ApiResponse> FrameAsync(HavenService service, ApiRequest request, CancellationToken cancellationToken)
    {
        var text = request.QueryValue("t") ?? "0";
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || seconds is not (>= 0 and < 1e6))
        {
            throw new ApiException(400, "Not a time", $"t is \"{text}\"; use seconds from the beginning, for example 12.5.");
        }

        var jpeg = await service.Scenes.FrameAsync(SceneId(request), TimeSpan.FromSeconds(seconds), cancellationToken);
        return new ApiResponse
        {
            Status = 200,
            ContentType = "image/jpeg",
            Body = jpeg,
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Cache-Control"] = "private, max-age=3600" },
        };
    }

    /// <summary>A hook matters when a scene, image or gallery was created or its tags were set; an unknown hook is better checked.</summary>
    private static bool TouchesTags(HookContext? hook) =>
        hook is null
        || hook.InputFields is null
        || hook.Type.EndsWith("Create.Post", StringComparison.Ordinal)
        || hook.InputFields.Any(f => f is "tag_ids" or "tags");

    /// <summary>The scene of the route.</summary>
    public static string SceneId(ApiRequest request)
    {
        var id = request.Route["id"];
        return SceneRequests.IsStashId(id)
            ? id
            : throw new ApiException(400, "Not a scene id", "Ids of Stash are whole numbers, for example /api/scenes/12/timeline.");
    }
}

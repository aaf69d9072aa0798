namespace HavenVlm.Core.Api;

/// <summary>The calls that make a sweep due: that of a user, and the hook of Stash.</summary>
internal sealed class SweepCalls(SweepRequests sweeps)
{
    public async Task<ApiResponse> StartAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Links.Started(request, await sweeps.StartAsync(cancellationToken));

    public async Task<ApiResponse> HookAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadPartOfAsync<HookRequest>(cancellationToken);
        var accepted = TouchesTags(body.Args?.HookContext ?? body.HookContext);
        if (accepted)
        {
            await sweeps.StartSoonAsync(cancellationToken);
        }

        return ApiResponse.Json(202, new HookResponse(accepted));
    }

    /// <summary>A hook matters when a scene, image or gallery was created or its tags were set; an unknown hook is better checked.</summary>
    private static bool TouchesTags(HookContext? hook) =>
        hook is null
        || hook.InputFields is null
        || hook.Type.EndsWith("Create.Post", StringComparison.Ordinal)
        || hook.InputFields.Any(f => f is "tag_ids" or "tags");
}

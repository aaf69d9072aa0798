using System.Globalization;

namespace HavenVlm.Core.Api;

/// <summary>The calls about what is known of one scene.</summary>
internal sealed class SceneCalls(SceneViews views)
{
    public async Task<ApiResponse> TimelineAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ApiResponse.Json(200, await views.TimelineAsync(RequestIds.SceneOf(request), cancellationToken));

    public async Task<ApiResponse> FrameAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var text = request.QueryValue("t") ?? "0";
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || seconds is not (>= 0 and < 1e6))
        {
            throw new ApiException(400, "Not a time", $"t is \"{text}\"; use seconds from the beginning, for example 12.5.");
        }

        var jpeg = await views.FrameAsync(RequestIds.SceneOf(request), TimeSpan.FromSeconds(seconds), cancellationToken);
        return new ApiResponse
        {
            Status = 200,
            ContentType = "image/jpeg",
            Body = jpeg,
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Cache-Control"] = "private, max-age=3600" },
        };
    }
}

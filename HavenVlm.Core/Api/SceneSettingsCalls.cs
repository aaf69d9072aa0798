using System.Text.Json;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.Api;

/// <summary>The calls about the marker settings of one scene alone.</summary>
internal static class SceneSettingsCalls
{
    public static async Task<ApiResponse> GetAsync(HavenService service, ApiRequest request, CancellationToken cancellationToken)
    {
        var id = await KnownSceneAsync(service, request, cancellationToken);
        return ApiResponse.Json(200, await service.SceneSettings.ReadAsync(id, cancellationToken));
    }

    public static async Task<ApiResponse> PutAsync(HavenService service, ApiRequest request, CancellationToken cancellationToken)
    {
        var id = await KnownSceneAsync(service, request, cancellationToken);
        var body = await request.ReadAsync<JsonElement>(cancellationToken);
        SceneMarkerSettings kept;
        try
        {
            kept = await service.SceneSettings.WriteAsync(id, body, cancellationToken);
        }
        catch (ConfigurationException e)
        {
            throw new ApiException(
                400,
                "These settings cannot be used",
                string.Join("; ", e.Errors.Select(Text)) + ". Nothing was changed."
            );
        }

        return ApiResponse.Json(200, kept);
    }

    private static async Task<string> KnownSceneAsync(HavenService service, ApiRequest request, CancellationToken cancellationToken)
    {
        var id = SceneCalls.SceneId(request);
        return await service.SceneSettings.IsKnownAsync(id, cancellationToken)
            ? id
            : throw new ApiException(404, "No such scene", $"Stash has no scene {id}.");
    }

    private static string Text(ConfigurationError error) => error.Key.Length > 0 ? $"{error.Key}: {error.Message}" : error.Message;
}

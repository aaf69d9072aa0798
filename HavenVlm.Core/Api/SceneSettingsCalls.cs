using System.Text.Json;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.Api;

/// <summary>The calls about the marker settings of one scene alone.</summary>
internal sealed class SceneSettingsCalls(SceneSettings settings)
{
    public async Task<ApiResponse> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var id = await KnownSceneAsync(request, cancellationToken);
        return ApiResponse.Json(200, await settings.ReadAsync(id, cancellationToken));
    }

    public async Task<ApiResponse> PutAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var id = await KnownSceneAsync(request, cancellationToken);
        var body = await request.ReadAsync<JsonElement>(cancellationToken);
        SceneMarkerSettings kept;
        try
        {
            kept = await settings.WriteAsync(id, body, cancellationToken);
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

    private async Task<string> KnownSceneAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var id = RequestIds.SceneOf(request);
        return await settings.IsKnownAsync(id, cancellationToken)
            ? id
            : throw new ApiException(404, "No such scene", $"Stash has no scene {id}.");
    }

    private static string Text(ConfigurationError error) => error.Key.Length > 0 ? $"{error.Key}: {error.Message}" : error.Message;
}

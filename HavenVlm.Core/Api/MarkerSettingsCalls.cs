using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Api;

/// <summary>The calls under <c>/api/marker-settings</c>.</summary>
internal sealed class MarkerSettingsCalls(MarkerSettingsRequests requests)
{
    public async Task<ApiResponse> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var id = request.Route["id"];
        if (!id.StartsWith(WorkflowNames.MarkerSettingsPrefix, StringComparison.Ordinal) || !InstanceId.TryParse(id, out _))
        {
            throw new ApiException(
                404,
                "No such instance",
                "Ids of these instances begin with marker-settings-, as POST /api/marker-settings gives them."
            );
        }

        return await requests.ResultAsync(id, cancellationToken) is { } result
            ? ApiResponse.Json(200, result)
            : throw new ApiException(404, "No result", $"{id} has no result (yet): GET /api/instances/{id} shows the progress.");
    }
}

namespace HavenVlm.Core.Api;

/// <summary>Addresses of our own API in responses; never the platform's, which carry its key.</summary>
internal static class Links
{
    /// <summary>Headers that lead to an instance's status.</summary>
    public static IReadOnlyDictionary<string, string> Polling(ApiRequest request, string id) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { ["Location"] = Instance(request, id), ["Retry-After"] = "2" };

    /// <summary>The 202 of every call that starts something.</summary>
    public static ApiResponse Started(ApiRequest request, string id)
    {
        var instance = Instance(request, id);
        return ApiResponse.Json(
            202,
            new StartedResponse
            {
                Id = id,
                StatusQueryGetUri = instance,
                TerminatePostUri = $"{instance}/terminate?reason={{text}}",
                SuspendPostUri = $"{instance}/suspend?reason={{text}}",
                ResumePostUri = $"{instance}/resume?reason={{text}}",
                RetryPostUri = $"{instance}/retry?reason={{text}}",
                PurgeHistoryDeleteUri = instance,
            }
        ) with
        {
            Headers = Polling(request, id),
        };
    }

    private static string Instance(ApiRequest request, string id) => $"{request.BaseAddress}/api/instances/{Uri.EscapeDataString(id)}";
}

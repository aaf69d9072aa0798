using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Commands;

/// <summary>Names the endpoints to which pictures leave this network.</summary>
internal static class RemoteEndpoints
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>A sentence for each. An endpoint whose name nobody could resolve in time counts as outside.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(HavenOptions options, CancellationToken cancellationToken)
    {
        var endpoints = options.Vlm.Endpoints;
        var stayLocal = await Task.WhenAll(endpoints.Select(endpoint => StaysLocalAsync(endpoint.BaseUrl, cancellationToken)));
        return
        [
            .. endpoints
                .Zip(stayLocal)
                .Where(pair => !pair.Second)
                .Select(pair => $"Pictures leave this network: endpoint {pair.First.Name} is {new Uri(pair.First.BaseUrl).Host}."),
        ];
    }

    /// <summary>Whether pictures sent to an address stay on this machine or its private network.</summary>
    public static async Task<bool> StaysLocalAsync(string address, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            return await EndpointPrivacy.StaysLocalAsync(address, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}

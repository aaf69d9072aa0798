using System.Runtime.CompilerServices;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Commands;

/// <summary>Names the endpoints to which pictures leave this network.</summary>
internal static class OutsideEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>A sentence for each.</summary>
    public static async IAsyncEnumerable<string> FindAsync(
        HavenOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var endpoint in options.Vlm.Endpoints)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Patience);
            bool staysLocal;
            try
            {
                staysLocal = await EndpointPrivacy.StaysLocalAsync(endpoint.BaseUrl, deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                staysLocal = false;
            }

            if (!staysLocal)
            {
                yield return $"Pictures leave this network: endpoint {endpoint.Name} is {new Uri(endpoint.BaseUrl).Host}.";
            }
        }
    }
}

using System.Runtime.CompilerServices;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Asks every endpoint about pictures, and says to which of them pictures leave this network.</summary>
internal sealed class EndpointsCheck(EndpointTrial trial) : ISystemCheck
{
    public async IAsyncEnumerable<Finding> RunAsync(HavenOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.Vlm.Endpoints.Count == 0)
        {
            yield return Finding.Failed("endpoints", "no model server is configured. Add one under vlm.endpoints, or run `haven init`.");
        }

        // All at once: one that is switched off must not make the others wait.
        var findings = options.Vlm.Endpoints.Select(endpoint => trial.AskAsync(options, endpoint, cancellationToken)).ToList();
        foreach (var finding in findings)
        {
            yield return await finding;
        }

        foreach (var endpoint in options.Vlm.Endpoints)
        {
            if (!await EndpointPrivacy.StaysLocalAsync(endpoint.BaseUrl, cancellationToken))
            {
                yield return Finding.Warning(
                    "privacy",
                    $"pictures sent to endpoint {endpoint.Name} leave this network, to {new Uri(endpoint.BaseUrl).Host}."
                );
            }
        }
    }
}

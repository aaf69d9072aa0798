using HavenVlm.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Vlm;

/// <summary>What came of asking one endpoint.</summary>
public sealed record EndpointCheckResult
{
    /// <summary>The endpoint's name.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Whether it gave a usable answer.</summary>
    public required bool IsGood { get; init; }

    /// <summary>What is wrong and what to do about it, or what was seen.</summary>
    public required string Message { get; init; }

    /// <summary>The model that answered, as the server names it; empty when none did.</summary>
    public string Model { get; init; } = "";

    /// <summary>How long the answer took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>What was learned about the server, such as <c>json_schema</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];
}

/// <summary>Asks each endpoint for itself, as the work would: paused or fallback does not matter.</summary>
internal sealed class EndpointCheck(SettingsSource settings, IEndpointSlots slots, TimeProvider time, Random random, ILoggerFactory loggers)
{
    /// <summary>Asks every endpoint about a picture at the same time.</summary>
    /// <param name="question">The question; the built-in tags of the user are best.</param>
    /// <param name="picture">A real picture.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One result for each endpoint, in the order of the configuration.</returns>
    public async Task<IReadOnlyList<EndpointCheckResult>> AskAllAsync(
        VlmQuestion question,
        VlmPicture picture,
        CancellationToken cancellationToken
    ) => await Task.WhenAll(settings.Current.Vlm.Endpoints.Select(endpoint => AskAsync(endpoint, question, picture, cancellationToken)));

    private async Task<EndpointCheckResult> AskAsync(
        EndpointOptions endpoint,
        VlmQuestion question,
        VlmPicture picture,
        CancellationToken cancellationToken
    )
    {
        // A pool with this endpoint alone: then nobody else can answer for it.
        var options = settings.Current;
        var alone = new SettingsSource(
            options with
            {
                Vlm = options.Vlm with { Endpoints = [endpoint with { Hours = "", IsFallback = false }] },
            }
        );
        await using var pool = new EndpointPool(alone, slots, time, random, loggers.CreateLogger<EndpointPool>());
        try
        {
            var answer = (await new PictureAsker(pool, alone).AskAsync(question, [picture], cancellationToken))[0];
            return new EndpointCheckResult
            {
                Endpoint = endpoint.Name,
                IsGood = answer.Tags is not null,
                Message = answer.Reason ?? Seen(answer),
                Model = answer.Model,
                Elapsed = answer.Elapsed,
                Capabilities = pool.Snapshot()[0].Capabilities,
            };
        }
        catch (EndpointsUnavailableException)
        {
            var status = pool.Snapshot()[0];
            return new EndpointCheckResult
            {
                Endpoint = endpoint.Name,
                IsGood = false,
                Message = status.Message.Length > 0 ? status.Message : status.LastError ?? "it does not answer",
            };
        }
    }

    private static string Seen(PictureAnswer answer) =>
        answer.Tags!.Count == 0 ? "sees no tag" : "sees " + string.Join(", ", answer.Tags.Keys);
}

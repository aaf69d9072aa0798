using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Finds out what a first configuration needs: Stash, a server of models, the way to the media, tags. Changes nothing anywhere.</summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Where the client for models logs.</param>
public sealed class SetUpAssistant(TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan SearchTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(15);

    private readonly StashProbe _stash = new(time);
    private readonly ModelServerFinder _servers = new(time);

    /// <summary>Where Stash usually is, seen from here.</summary>
    public static IReadOnlyList<string> UsualStashAddresses { get; } = StashProbe.UsualAddresses(ContainerRuntime.IsHere);

    /// <summary>Looks for Stash where it usually is; the first that answers, with or without asking for a key, or null.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<StashProbeResult?> FindStashAsync(CancellationToken cancellationToken) =>
        _stash.FindAsync(UsualStashAddresses, cancellationToken);

    /// <summary>Visits Stash.</summary>
    /// <param name="url">Its address.</param>
    /// <param name="apiKey">Its key; empty = none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<StashProbeResult> ProbeStashAsync(string url, string apiKey, CancellationToken cancellationToken) =>
        _stash.ProbeAsync(new StashOptions { Url = url, ApiKey = apiKey }, ProbeTimeout, cancellationToken);

    /// <summary>The tags of the library that most scenes carry, ours left out; empty when Stash does not tell.</summary>
    /// <param name="stash">Address and key.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<TagSuggestion>> SuggestTagsAsync(StashOptions stash, int most, CancellationToken cancellationToken) =>
        _stash.SuggestTagsAsync(stash, new StashTagOptions(), most, cancellationToken);

    /// <summary>Whether the media are on this machine, and under which name.</summary>
    /// <param name="stash">Address and key.</param>
    /// <param name="folders">Folders to look in before the usual ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<MediaSurvey> SurveyMediaAsync(StashOptions stash, IEnumerable<string> folders, CancellationToken cancellationToken) =>
        _stash.SurveyMediaAsync(stash, new PathMapFinder(folders), cancellationToken);

    /// <summary>Looks for servers of models at the usual ports of machines.</summary>
    /// <param name="hosts">Names or addresses of machines.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<ModelServer>> FindModelServersAsync(IEnumerable<string> hosts, CancellationToken cancellationToken) =>
        _servers.FindAsync(hosts, SearchTimeout, cancellationToken);

    /// <summary>Asks a server for its models.</summary>
    /// <param name="baseUrl">Address up to and including <c>/v1</c>.</param>
    /// <param name="apiKey">Its key; empty = none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ModelServer> ListModelsAsync(string baseUrl, string apiKey, CancellationToken cancellationToken) =>
        _servers.ListAsync(baseUrl, apiKey, ProbeTimeout, cancellationToken);

    /// <summary>Asks an endpoint about pictures as scenes are asked about.</summary>
    /// <param name="options">Settings with that endpoint alone.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Finding> TryModelAsync(HavenOptions options, CancellationToken cancellationToken) =>
        new EndpointTrial(time, loggers).AskAsync(options, options.Vlm.Endpoints[0], cancellationToken);
}

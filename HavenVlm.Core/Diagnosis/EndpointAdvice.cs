using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Says what to do about an endpoint that does not answer as it should.</summary>
/// <param name="endpoint">Which.</param>
/// <param name="model">The model that it is asked for.</param>
/// <param name="finder">Asks what the server has.</param>
/// <param name="isContainer">Whether this process runs in a container.</param>
internal sealed class EndpointAdvice(EndpointOptions endpoint, string model, ModelServerFinder finder, bool isContainer)
{
    private const int MaxNames = 8;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private static readonly string[] TooLongWords = ["context", "n_ctx", "too many tokens", "too large", "HTTP 413"];

    /// <summary>About a server that takes no requests at all.</summary>
    /// <param name="reason">Why, without a full stop.</param>
    /// <param name="needsUser">Whether it answers, but a setting is wrong.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> UnavailableAsync(string reason, bool needsUser, CancellationToken cancellationToken)
    {
        var what = $"{endpoint.BaseUrl}: {reason}.";
        // Whoever sends a status is there and can be reached.
        var isThere = needsUser || reason.Contains("HTTP ", StringComparison.Ordinal);
        return IsBlind(reason) ? what + Vision()
            : isThere ? what + await OfModelAsync(reason, cancellationToken)
            : what + Reach() + await SuggestAddressAsync(cancellationToken);
    }

    /// <summary>About a server that answers, but not the question.</summary>
    public async Task<string> UnansweredAsync(string reason, CancellationToken cancellationToken)
    {
        var what = $"{endpoint.BaseUrl} gave no usable answer: {reason.TrimEnd('.')}.";
        if (TooLongWords.Any(word => reason.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            var context = ServerProduct.Advice(endpoint.BaseUrl, product => product.Context);
            return $"{what} Picture and tags need more tokens than the server gives a request: {context}, or lower vlm.maxImageSize.";
        }

        return IsBlind(reason) ? what + Vision()
            : reason.Contains("HTTP 4", StringComparison.Ordinal) ? what + await OfModelAsync(reason, cancellationToken)
            : what;
    }

    /// <summary>About the name of a model that answered: empty unless the server lists others only.</summary>
    public async Task<string> AcceptedAsync(CancellationToken cancellationToken)
    {
        var server = await finder.ListAsync(endpoint.BaseUrl, endpoint.ApiKey, Timeout, cancellationToken);
        return
            server.Answer != ModelServerAnswer.Lists
            || server.Models.Count == 0
            || server.Models.Any(name => name.Equals(model, StringComparison.OrdinalIgnoreCase) || IsPartOf(model, name))
            ? ""
            : $"; the server lists {string.Join(", ", server.Models.Take(MaxNames))}, not {model}: it may answer with what it has under any name";
    }

    // What the table of failures says of such a model.
    private static bool IsBlind(string reason) => reason.Contains(ServerFailures.CannotSee, StringComparison.Ordinal);

    private string Vision() => $" {ServerProduct.Advice(endpoint.BaseUrl, product => product.Vision)}.";

    private async Task<string> OfModelAsync(string reason, CancellationToken cancellationToken)
    {
        var server = await finder.ListAsync(endpoint.BaseUrl, endpoint.ApiKey, Timeout, cancellationToken);
        if (server.Answer != ModelServerAnswer.Lists || server.Models.Contains(model, StringComparer.Ordinal))
        {
            return "";
        }

        var isOfModel =
            reason.Contains("HTTP 404", StringComparison.Ordinal) || reason.Contains(ServerFailures.LacksModel, StringComparison.Ordinal);
        if (server.Models.Count == 0 && isOfModel)
        {
            return $" The server has no model: {ServerProduct.Advice(endpoint.BaseUrl, product => product.Vision)}.";
        }

        if (server.Models.Count == 0)
        {
            return " It lists no models, but some servers take any model name.";
        }

        if (!isOfModel)
        {
            // llama.cpp takes any name: it is not what the failure is about.
            return $" It lists {string.Join(", ", server.Models.Take(MaxNames))} instead of {model}, but some servers take any model name.";
        }

        var near = NearestName.Of(model, server.Models) ?? server.Models.FirstOrDefault(name => IsPartOf(model, name));
        var more = server.Models.Count > MaxNames ? $", and {server.Models.Count - MaxNames} more" : "";
        return (near is null ? $" It has no model {model}." : $" It has no model {model}; did you mean {near}?")
            + $" Its models: {string.Join(", ", server.Models.Take(MaxNames))}{more}.";
    }

    private static bool IsPartOf(string a, string b) =>
        b.Contains(a, StringComparison.OrdinalIgnoreCase) || a.Contains(b, StringComparison.OrdinalIgnoreCase);

    private string Reach()
    {
        var uri = new Uri(endpoint.BaseUrl);
        if (uri.IsLoopback)
        {
            return isContainer
                ? $" In a container {uri.Host} is the container itself: use http://{ContainerRuntime.HostName}:{uri.Port}/v1, or the address of the PC, and {Listen()}."
                : " Is the server started, and is the port right?";
        }

        return $" Is it on, and does it listen for other machines and not only for its own? If not: {Listen()}. A firewall there may keep it shut, too.";
    }

    private string Listen() => ServerProduct.Advice(endpoint.BaseUrl, product => product.Listen);

    private async Task<string> SuggestAddressAsync(CancellationToken cancellationToken)
    {
        var host = new Uri(endpoint.BaseUrl).Host;
        var found = await finder.FindAsync([host], Timeout, cancellationToken);
        return found.Count == 0
            ? ""
            : $" But {string.Join(" and ", found.Select(server => $"{server.Product} answers at {server.BaseUrl}"))}.";
    }
}

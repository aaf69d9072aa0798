using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers.Tuning;
using HavenVlm.Local.Commands;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Server;

namespace HavenVlm.Local.Sessions;

/// <summary>Has the work done by the server that runs on the data folder.</summary>
internal sealed class ServerSession : IHavenSession
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    private ServerSession(string address, string? key)
    {
        // Never through a proxy: the server is on this machine.
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        _http = new HttpClient(handler) { BaseAddress = new Uri(address), Timeout = Timeout };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Add("x-functions-key", key);
        }
    }

    /// <inheritdoc/>
    public string WhenStuck => $"The work is queued: the server at {Address} continues it.";

    /// <inheritdoc/>
    public string WhenInterrupted => $"The server at {Address} continues it; `haven status` shows the progress.";

    /// <summary>Where the server listens.</summary>
    public string Address => _http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>A session with the server that holds a data folder.</summary>
    /// <param name="holder">Who holds it.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="apiKey">The configured key; used where the server's own key for commands may not be read.</param>
    /// <exception cref="CommandException">The server is on another machine.</exception>
    public static ServerSession Open(DataFolderHolder holder, string address, string dataFolder, string apiKey)
    {
        if (!holder.Machine.Equals(Environment.MachineName, StringComparison.Ordinal))
        {
            throw new CommandException($"The data folder {dataFolder} is in use by {holder}. Run the command there.");
        }

        return new ServerSession(address, ServerKeys.ReadLocal(dataFolder) ?? (apiKey.Length > 0 ? apiKey : null));
    }

    /// <inheritdoc/>
    public Task<string> StartScenesAsync(TagScenesRequest request, bool update, CancellationToken cancellationToken) =>
        StartAsync(update ? "api/scenes/update" : "api/scenes/tag", request, cancellationToken);

    /// <inheritdoc/>
    public Task<string> StartImagesAsync(TagImagesRequest request, CancellationToken cancellationToken) =>
        StartAsync("api/images/tag", request, cancellationToken);

    /// <inheritdoc/>
    public Task<string> StartCollectAsync(CollectRequest request, CancellationToken cancellationToken) =>
        StartAsync("api/incorrect/collect", request, cancellationToken);

    /// <inheritdoc/>
    public Task<string> StartUndoAsync(UndoRequest request, CancellationToken cancellationToken) =>
        StartAsync("api/undo", request, cancellationToken);

    /// <inheritdoc/>
    public Task<string> SweepAsync(CancellationToken cancellationToken) => StartAsync("api/sweep", new { }, cancellationToken);

    /// <inheritdoc/>
    public Task<string> StartMarkerSettingsAsync(MarkerSettingsRequest request, CancellationToken cancellationToken) =>
        StartAsync("api/marker-settings", request, cancellationToken);

    /// <inheritdoc/>
    public Task<MarkerSettingsResult?> GetMarkerSettingsAsync(string instanceId, CancellationToken cancellationToken) =>
        SendAsync<MarkerSettingsResult>(
            HttpMethod.Get,
            $"api/marker-settings/{Uri.EscapeDataString(instanceId)}",
            body: null,
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<InstanceResponse?> GetAsync(string instanceId, CancellationToken cancellationToken) =>
        SendAsync<InstanceResponse>(HttpMethod.Get, $"api/instances/{Uri.EscapeDataString(instanceId)}", body: null, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StatusProblem>> FindProblemsAsync(CancellationToken cancellationToken) =>
        (await StatusAsync(cancellationToken)).Problems;

    /// <summary>What <c>GET /api/status</c> answers.</summary>
    public async Task<StatusResponse> StatusAsync(CancellationToken cancellationToken) =>
        await SendAsync<StatusResponse>(HttpMethod.Get, "api/status", body: null, cancellationToken)
        ?? throw new CommandException($"What answers at {Address} is not Haven VLM, or of another version.");

    /// <summary>Pauses all model servers; null = until they are resumed.</summary>
    public Task PauseAsync(DateTimeOffset? until, CancellationToken cancellationToken) =>
        CallAsync("api/endpoints/pause", new PauseRequest { Until = until }, cancellationToken);

    /// <summary>Ends the pause of all model servers.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) => CallAsync("api/endpoints/resume", new { }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> StartAsync(string call, object body, CancellationToken cancellationToken)
    {
        var started = await SendAsync<StartedResponse>(HttpMethod.Post, call, body, cancellationToken);
        return started?.Id
            ?? throw new CommandException($"The server at {Address} does not know the call {call}: it is of another version.");
    }

    private async Task CallAsync(string call, object body, CancellationToken cancellationToken)
    {
        if (await SendAsync<JsonElement?>(HttpMethod.Post, call, body, cancellationToken) is null)
        {
            throw new CommandException($"The server at {Address} does not know the call {call}: it is of another version.");
        }
    }

    private async Task<T?> SendAsync<T>(HttpMethod method, string call, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, call);
        request.Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: HavenJson.Options);
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return default;
            }

            if (response.StatusCode == HttpStatusCode.NoContent)
            {
                return JsonSerializer.Deserialize<T>("{}", HavenJson.Options);
            }

            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync<T>(HavenJson.Options, cancellationToken)
                : throw new CommandException(await ProblemAsync(response, cancellationToken));
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"The server at {Address} does not answer any more: {e.Message}");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"The server at {Address} did not answer within {Timeout.TotalSeconds} seconds.");
        }
        catch (JsonException)
        {
            throw new CommandException($"What answers at {Address} is not Haven VLM, or of another version.");
        }
    }

    private async Task<string> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return $"The server at {Address} wants a key. Run the command as the user who runs the server, or give it server.apiKey.";
        }

        try
        {
            var problem = await response.Content.ReadFromJsonAsync<Problem>(HavenJson.Options, cancellationToken);
            return $"{problem!.Title}: {problem.Detail}";
        }
        catch (JsonException)
        {
            return $"The server at {Address} answered with status {(int)response.StatusCode}.";
        }
    }
}

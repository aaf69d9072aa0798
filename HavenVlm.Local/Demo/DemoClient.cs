using System.Net.Http.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;

namespace HavenVlm.Local.Demo;

/// <summary>Speaks to the demo's server over HTTP, as the plugin and scripts do.</summary>
internal sealed class DemoClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Asks for all scenes that carry the request tag.</summary>
    public Task<StartedResponse> StartAsync(CancellationToken cancellationToken) =>
        PostAsync("/api/scenes/tag", new TagScenesRequest(), cancellationToken);

    /// <summary>Asks for all images that carry the request tag, or are in a gallery that does.</summary>
    public Task<StartedResponse> StartImagesAsync(CancellationToken cancellationToken) =>
        PostAsync("/api/images/tag", new TagImagesRequest(), cancellationToken);

    /// <summary>The state of what was started.</summary>
    public async Task<InstanceResponse> GetAsync(StartedResponse started, CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<InstanceResponse>(started.StatusQueryGetUri, HavenJson.Options, cancellationToken))!;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<StartedResponse> PostAsync<T>(string call, T body, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync(call, body, HavenJson.Options, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<StartedResponse>(HavenJson.Options, cancellationToken))!;
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace HavenVlm.Core.Diagnosis.SetUp;

/// <summary>Finds servers of models and asks what they have (<c>GET /v1/models</c>).</summary>
internal sealed class ModelServerFinder(TimeProvider time)
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private const int MaxModels = 1000;

    /// <summary>Looks at the ports that model servers usually have.</summary>
    /// <param name="hosts">Names or addresses of machines.</param>
    /// <param name="patience">How long each may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that list models or ask for a key, in the order of hosts and ports.</returns>
    public async Task<IReadOnlyList<ModelServer>> FindAsync(
        IEnumerable<string> hosts,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var found = await Task.WhenAll(
            from host in hosts.Distinct(StringComparer.OrdinalIgnoreCase)
            from product in ServerProduct.All
            select ListAsync($"http://{host}:{product.Port}/v1", apiKey: "", patience, cancellationToken)
        );
        return [.. found.Where(server => server.Answer is ModelServerAnswer.Lists or ModelServerAnswer.KeyRefused)];
    }

    /// <summary>Asks one server for its models. Nothing is thrown but cancellation.</summary>
    public async Task<ModelServer> ListAsync(string baseUrl, string apiKey, TimeSpan patience, CancellationToken cancellationToken)
    {
        var product = ServerProduct.At(baseUrl)?.Name ?? "";
        ModelServer Is(ModelServerAnswer answer, string message, params IEnumerable<string> models) =>
            new(baseUrl, product, answer, VisionNames.Order(models), message);

        using var deadline = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
            using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxBytes };
            using var response = await ProbeRetries
                .Start(patience, time)
                .ExecuteAsync(async token => await GetAsync(http, baseUrl, apiKey, token), both.Token);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                return Is(ModelServerAnswer.KeyRefused, apiKey.Length == 0 ? "it requires a key" : "it refuses the key");
            }

            if (!response.IsSuccessStatusCode)
            {
                return Is(
                    ModelServerAnswer.SomethingElse,
                    $"it answers with HTTP {(int)response.StatusCode}; the address usually ends with /v1"
                );
            }

            using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(both.Token));
            return Read(document.RootElement) is { } models
                ? Is(ModelServerAnswer.Lists, models.Count == 0 ? "it has no model" : "", models)
                : Is(ModelServerAnswer.SomethingElse, "it does not list models; the address usually ends with /v1");
        }
        catch (JsonException)
        {
            return Is(ModelServerAnswer.SomethingElse, "it does not list models; the address usually ends with /v1");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Is(ModelServerAnswer.Unreachable, $"it did not answer within {patience.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or FormatException or InvalidOperationException)
        {
            return Is(ModelServerAnswer.Unreachable, e.Message);
        }
    }

    private static async Task<HttpResponseMessage> GetAsync(
        HttpClient http,
        string baseUrl,
        string apiKey,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, baseUrl.TrimEnd('/') + "/models");
        if (apiKey.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }

        return await http.SendAsync(request, cancellationToken);
    }

    private static List<string>? Read(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
            ?
            [
                .. data.EnumerateArray()
                    .Take(MaxModels)
                    .Where(model => model.ValueKind == JsonValueKind.Object)
                    .Select(model => model.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : "")
                    .Where(id => id.Length > 0 && !id.Any(char.IsControl)),
            ]
            : null;
}

using System.Net;
using System.Text;
using System.Text.Json;

namespace HavenVlm.Core.Stash.Client;

/// <summary>Reads an HTTP answer of Stash: a GraphQL reply, or the reason why there is none.</summary>
internal static class StashReply
{
    /// <summary>The reply's JSON object, which may still hold errors.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body, in which the key is masked: a server that repeats what it was sent would repeat the key.</param>
    /// <param name="url">How messages call Stash.</param>
    /// <param name="key">The key that was sent.</param>
    /// <param name="now">The time, for a <c>Retry-After</c> that is a date.</param>
    public static JsonDocument Read(HttpResponseMessage response, ReadOnlyMemory<byte> body, string url, string key, DateTimeOffset now)
    {
        ThrowForStatus(response, body, url, key, now);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            throw LooksLikePage(body)
                ? new StashException(
                    StashErrorKind.NotStash,
                    $"{url}/graphql answered with a page instead of GraphQL: stash.url must be the address of Stash itself.",
                    e
                )
                : new StashUnavailableException(StashErrorKind.BrokenReply, $"Stash at {url} sent a reply that breaks off.", e);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object && Has(document, "data") | Has(document, "errors"))
        {
            if (response.StatusCode == HttpStatusCode.OK)
            {
                if (IsUnauthorized(document.RootElement))
                {
                    document.Dispose();
                    throw Unauthorized(url, key);
                }

                return document;
            }

            var complaint = GraphQlResults.ReadErrors(document.RootElement, 0).FirstOrDefault()?.Message ?? "no reason given";
            document.Dispose();
            throw new StashException(
                StashErrorKind.Invalid,
                $"Stash at {url} does not know what it was asked for ({complaint}): it is older or newer than the versions that are supported."
            );
        }

        document.Dispose();
        throw new StashException(StashErrorKind.NotStash, $"{url}/graphql does not speak GraphQL: is stash.url the address of Stash?");
    }

    // A proxy or an old server may refuse the key within a GraphQL reply.
    private static bool IsUnauthorized(JsonElement reply) =>
        (!reply.TryGetProperty("data", out var data) || data.ValueKind == JsonValueKind.Null)
        && GraphQlResults
            .ReadErrors(reply, 0)
            .Exists(error => error.Message.Trim().TrimEnd('.').Equals("unauthorized", StringComparison.OrdinalIgnoreCase));

    private static bool Has(JsonDocument document, string name) => document.RootElement.TryGetProperty(name, out _);

    private static void ThrowForStatus(HttpResponseMessage response, ReadOnlyMemory<byte> body, string url, string key, DateTimeOffset now)
    {
        var status = (int)response.StatusCode;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK or HttpStatusCode.UnprocessableEntity:
                return;
            // The message in the body says more than the status.
            case HttpStatusCode.BadRequest when body.Span is [(byte)'{', ..]:
                return;
            case HttpStatusCode.Unauthorized:
            // Servers before v0.26 answer a wrong key with 500.
            case HttpStatusCode.InternalServerError
                when body.Length < 200 && Text(body).Contains("unauthorized", StringComparison.OrdinalIgnoreCase):
                throw Unauthorized(url, key);
            case HttpStatusCode.Forbidden:
                throw new StashException(StashErrorKind.Unauthorized, $"Stash at {url} refuses us: {Shown(body, "403 Forbidden")}");
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests:
            case >= HttpStatusCode.InternalServerError:
                throw new StashUnavailableException(
                    StashErrorKind.ServerError,
                    $"Stash at {url} has trouble: {Shown(body, $"HTTP {status}")}"
                )
                {
                    RetryAfter = RetryAfter(response, now),
                };
            case >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest:
                throw Redirected(response, url, key);
            default:
                throw new StashException(
                    StashErrorKind.NotStash,
                    $"{url}/graphql answered HTTP {status}: is stash.url the address of Stash, without anything after the port?"
                );
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        var asked = response.Headers.RetryAfter;
        return asked?.Delta
            ?? (
                asked?.Date is not { } date ? null
                : date > now ? date - now
                : TimeSpan.Zero
            );
    }

    private static StashException Unauthorized(string url, string key) =>
        new(
            StashErrorKind.Unauthorized,
            key.Length > 0
                ? $"stash.apiKey is refused by {url}: make a key in Stash under Settings > Security and put it there."
                : $"Stash at {url} wants a key: make one in Stash under Settings > Security and put it into stash.apiKey."
        );

    private static StashException Redirected(HttpResponseMessage response, string url, string key)
    {
        var target = response.Headers.Location;
        if (target is not null && target.OriginalString.Split('?')[0].TrimEnd('/').EndsWith("/login", StringComparison.Ordinal))
        {
            return Unauthorized(url, key);
        }

        var shown = target is { IsAbsoluteUri: true } ? $" to {target.Scheme}://{target.Authority}" : "";
        return new StashException(StashErrorKind.NotStash, $"{url} sends us on{shown}: put the address of Stash itself into stash.url.");
    }

    private static bool LooksLikePage(ReadOnlyMemory<byte> body) => Text(body).TrimStart().StartsWith('<');

    private static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 2000)]);

    private static string Shown(ReadOnlyMemory<byte> body, string otherwise) =>
        body.Length == 0 || LooksLikePage(body) ? otherwise + "." : StashText.Clean(Text(body));
}

using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Tests.Security;

/// <summary>A server that fails in every usual way, and each time repeats all that it was sent.</summary>
internal sealed class EchoingServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _count;

    private EchoingServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>All that was sent: headers, and the end of the body without its pictures.</summary>
    public ConcurrentQueue<string> Heard { get; } = new();

    public static async Task<EchoingServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new EchoingServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = string.Join(' ', context.Request.Headers.Select(header => $"{header.Key}: {header.Value}"));
        // Pictures would push what is secret out of the short excerpts that are kept.
        var said = $"{headers.Replace("Authorization", "auth", StringComparison.Ordinal)} {Parameters(body)}";
        Heard.Enqueue(said);
        var (status, type, text) = Answer(Interlocked.Increment(ref _count), KeysFirst(said));
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(text);
    }

    private static (int Status, string Type, string Text) Answer(int number, string said) =>
        (number % 9) switch
        {
            0 => (500, "text/plain", said),
            1 => (401, "application/json", JsonSerializer.Serialize(new { error = new { message = said } })),
            2 => (400, "application/json", JsonSerializer.Serialize(new { detail = said })),
            3 => (200, "text/html", said),
            4 => (200, "application/json", Completion(said)),
            5 => (200, "application/json", Completion(JsonSerializer.Serialize(new { tags = new[] { said } }))),
            6 => (429, "application/json", JsonSerializer.Serialize(new { error = said })),
            7 => (200, "application/json", JsonSerializer.Serialize(new { errors = new[] { new { message = said } } })),
            _ => (200, "application/json", Completion("I'm sorry, " + said)),
        };

    private static string Completion(string content) =>
        JsonSerializer.Serialize(
            new { model = "echo", choices = new[] { new { finish_reason = "stop", message = new { role = "assistant", content } } } }
        );

    // Excerpts are short, so what is secret has to come at once.
    private static string KeysFirst(string said) =>
        string.Join(' ', said.Split(' ').OrderByDescending(word => word.Contains("planted", StringComparison.Ordinal)));

    private static string Parameters(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return string.Join(
                ' ',
                json.RootElement.EnumerateObject()
                    .Where(property => property.Name is not "messages")
                    .Select(property => $"{property.Name} = {property.Value.GetRawText().Trim('"')}")
            );
        }
        catch (JsonException)
        {
            return body;
        }
    }
}

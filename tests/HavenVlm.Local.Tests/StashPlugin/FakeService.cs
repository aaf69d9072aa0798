using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Tests.StashPlugin;

/// <summary>Something that answers HTTP where the plugin expects the service; it keeps what it was asked.</summary>
internal sealed class FakeService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeService(WebApplication app) => _app = app;

    /// <summary>Method, path and body of each request, with its headers.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public string Address => _app.Urls.Single();

    /// <summary>Starts one.</summary>
    /// <param name="answer">Status, content type and body for "METHOD /path".</param>
    /// <param name="delay">How long each answer takes.</param>
    public static async Task<FakeService> StartAsync(Func<string, (int Status, string Type, string Body)> answer, TimeSpan delay = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var fake = new FakeService(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var call = $"{context.Request.Method} {context.Request.Path}";
            var headers = string.Join('\n', context.Request.Headers.Select(header => $"{header.Key}: {header.Value}"));
            fake.Requests.Enqueue($"{call}\n{headers}\n\n{await reader.ReadToEndAsync()}");
            await Task.Delay(delay, context.RequestAborted);
            var (status, type, body) = answer(call);
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(body);
        });
        await app.StartAsync();
        return fake;
    }

    /// <summary>A service of Haven VLM that knows only some calls.</summary>
    public static Task<FakeService> StartHavenAsync(Func<string, string?> answer) =>
        StartAsync(call =>
            (answer(call), call) switch
            {
                ({ } body, _) => (200, "application/json", body),
                (_, "GET /api/health") => (200, "application/json", """{"status":"ok"}"""),
                (_, "GET /api/status") => (200, "application/json", """{"version":"0.0.9","stash":{},"endpoints":[]}"""),
                _ => (404, "application/problem+json", """{"title":"No such call","status":404,"detail":"There is no such call here."}"""),
            }
        );

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Vlm.Prompting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Tests.Shared;

/// <summary>A request as a model server got it.</summary>
internal sealed record ModelRequest(string Path, IReadOnlyDictionary<string, string> Headers, JsonObject Body)
{
    public IReadOnlyList<JsonNode> Content => [.. Body["messages"]![0]!["content"]!.AsArray().Select(part => part!)];

    public int Pictures => Content.Count(part => (string?)part["type"] is "image_url");

    /// <summary>Whether it is the picture that the pool tries endpoints with.</summary>
    public bool IsProbe =>
        Content.Any(part =>
            (string?)part["image_url"]?["url"] is { } url
            && url.EndsWith(Convert.ToBase64String(ProbePicture.Value.Jpeg.Span), StringComparison.Ordinal)
        );

    public string? Format => (string?)Body["response_format"]?["type"];
}

/// <summary>A real HTTP server on a free port whose answers a test scripts.</summary>
internal sealed class ScriptedModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ModelRequest> _requests = new();

    private ScriptedModelServer(WebApplication app) => _app = app;

    public string BaseUrl { get; private set; } = "";

    public IReadOnlyList<ModelRequest> Requests => [.. _requests];

    public static async Task<ScriptedModelServer> StartAsync(
        Func<ModelRequest, HttpContext, Task> answer,
        X509Certificate2? certificate = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (certificate is not null)
                    {
                        listen.UseHttps(certificate);
                    }
                }
            )
        );
        var app = builder.Build();
        var server = new ScriptedModelServer(app);
        app.Run(async context =>
        {
            var body = await JsonNode.ParseAsync(context.Request.Body);
            var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            var request = new ModelRequest(context.Request.Path, headers, body!.AsObject());
            server._requests.Enqueue(request);
            await answer(request, context);
        });
        await app.StartAsync();
        server.BaseUrl = app.Urls.Single() + "/v1";
        return server;
    }

    /// <summary>Answers every request with a message.</summary>
    public static Task<ScriptedModelServer> SayingAsync(Func<ModelRequest, string> content) =>
        StartAsync((request, context) => SayAsync(context, content(request)));

    public static Task SayAsync(HttpContext context, string content, string finishReason = "stop") =>
        context.Response.WriteAsJsonAsync(
            new JsonObject
            {
                ["object"] = "chat.completion",
                ["model"] = "scripted",
                ["choices"] = new JsonArray(
                    new JsonObject
                    {
                        ["index"] = 0,
                        ["finish_reason"] = finishReason,
                        ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content },
                    }
                ),
            }
        );

    public static Task FailAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { error = new { message, type = "invalid_request_error" } }));
    }

    /// <summary>Fails with the very body that a server sends.</summary>
    public static Task FailWithAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Prompting;
using HavenVlm.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Core.UnitTests.Vlm.Endpoints;

public sealed class EndpointClientTests
{
    private const string Key = "planted-secret-0123456789";

    private static ChatQuestion Question { get; } =
        new()
        {
            Model = "test-model",
            Instructions = "Label it.",
            Pictures = AskingFixture.Pictures(1),
            Schema = new JsonObject { ["type"] = "object" },
        };

    private static EndpointClient Client(string baseUrl, string key = "", TimeSpan? timeout = null) =>
        new(
            new EndpointOptions
            {
                Name = "tested",
                BaseUrl = baseUrl,
                ApiKey = key,
                Timeout = timeout ?? TimeSpan.FromSeconds(10),
            },
            TimeProvider.System
        );

    [Fact]
    public async Task The_key_goes_out_as_a_bearer_and_without_one_there_is_no_header()
    {
        await using var server = await ScriptedModelServer.SayingAsync(_ => "Kissing");
        using var with = Client(server.BaseUrl + "/", Key);
        using var without = Client(server.BaseUrl);

        await with.AskAsync(Question, CancellationToken.None);
        var reply = await without.AskAsync(Question, CancellationToken.None);

        Assert.Equal(["/v1/chat/completions", "/v1/chat/completions"], server.Requests.Select(request => request.Path));
        Assert.Equal("Bearer " + Key, server.Requests[0].Headers["Authorization"]);
        Assert.DoesNotContain("Authorization", server.Requests[1].Headers.Keys);
        Assert.Equal(("Kissing", "stop", "scripted"), (reply.Content, reply.FinishReason, reply.Model));
    }

    [Theory]
    [InlineData("'response_format.type' must be 'json_schema' or 'text'", "json_schema", "json_object", null)]
    [InlineData("Invalid schema for response_format", "json_schema", "json_object", null)]
    [InlineData("failed to parse grammar", "json_schema", "json_object", null)]
    public async Task A_server_that_rejects_every_format_is_asked_simpler_and_remembered(string complaint, params string?[] formats)
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Format is null
                    ? ScriptedModelServer.SayAsync(context, "Kissing")
                    : ScriptedModelServer.FailAsync(context, 400, complaint)
        );
        using var client = Client(server.BaseUrl);

        await client.AskAsync(Question, CancellationToken.None);
        await client.AskAsync(Question, CancellationToken.None);

        Assert.Equal([.. formats, null], server.Requests.Select(request => request.Format));
        Assert.Equal(["plain text", "max_tokens"], client.Capabilities.Describe());
    }

    [Fact]
    public async Task A_rejection_without_a_word_about_formats_is_believed_the_second_time()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Format is null
                    ? ScriptedModelServer.SayAsync(context, "Kissing")
                    : ScriptedModelServer.FailAsync(context, 400, "Bad Request")
        );
        using var client = Client(server.BaseUrl);

        for (var i = 0; i < 3; i++)
        {
            await client.AskAsync(Question, CancellationToken.None);
        }

        string?[] search = ["json_schema", "json_object", null];
        Assert.Equal([.. search, .. search, null], server.Requests.Select(request => request.Format));
        Assert.Equal(["plain text", "max_tokens"], client.Capabilities.Describe());
    }

    [Theory]
    [InlineData("Model is unloaded.")]
    [InlineData("unexpected failure 17")]
    public async Task A_server_that_is_unwell_at_first_is_still_asked_by_the_schema(string complaint)
    {
        var count = 0;
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) =>
                ++count <= 2 ? ScriptedModelServer.FailAsync(context, 400, complaint) : ScriptedModelServer.SayAsync(context, "Kissing")
        );
        using var client = Client(server.BaseUrl);

        for (var i = 0; i < 4; i++)
        {
            try
            {
                await client.AskAsync(Question, CancellationToken.None);
            }
            catch (EndpointFailureException failure)
            {
                Assert.Equal(FailureKind.Down, failure.Kind);
            }
        }

        Assert.Equal("json_schema", server.Requests[^1].Format);
        Assert.Equal(["json_schema", "max_tokens"], client.Capabilities.Describe());
    }

    [Theory]
    [InlineData(403, "You are not allowed to request logprobs from this model", false)]
    [InlineData(400, "Logprobs is not enabled for models/some-model", false)]
    [InlineData(400, "unrecognized parameter: top_logprobs", true)]
    public async Task Without_refused_probabilities_the_request_goes_on_and_that_is_remembered(
        int status,
        string complaint,
        bool keepsLogprobs
    )
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Body.ContainsKey(keepsLogprobs ? "top_logprobs" : "logprobs")
                    ? ScriptedModelServer.FailAsync(context, status, complaint)
                    : ScriptedModelServer.SayAsync(context, "Kissing")
        );
        using var client = Client(server.BaseUrl);

        await client.AskAsync(Question with { Logprobs = true }, CancellationToken.None);
        await client.AskAsync(Question with { Logprobs = true }, CancellationToken.None);

        Assert.Equal(0, (int?)server.Requests[0].Body["top_logprobs"]);
        Assert.Equal("json_schema", server.Requests[^1].Format);
        Assert.Equal(keepsLogprobs, server.Requests[^1].Body.ContainsKey("logprobs"));
        Assert.Equal(server.Requests[^2].Body.Select(p => p.Key), server.Requests[^1].Body.Select(p => p.Key));
    }

    [Fact]
    public async Task A_server_that_knows_only_json_object_is_asked_for_that()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Format is "json_object"
                    ? ScriptedModelServer.SayAsync(context, "{}")
                    : ScriptedModelServer.FailAsync(context, 422, "response_format.type: Input should be 'json_object'")
        );
        using var client = Client(server.BaseUrl);

        await client.AskAsync(Question, CancellationToken.None);
        await client.AskAsync(Question, CancellationToken.None);

        Assert.Equal(["json_schema", "json_object", "json_object"], server.Requests.Select(request => request.Format));
    }

    [Theory]
    [InlineData("Invalid schema for response_format 'frame_tags': In context=('properties', 'confidence'), 'minimum' is not permitted.")]
    [InlineData("The provided JSON schema contains features not supported by xgrammar.")]
    public async Task A_server_that_knows_no_bounds_of_numbers_gets_the_schema_without_them(string complaint)
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Body.ToJsonString().Contains("\"minimum\"", StringComparison.Ordinal)
                    ? ScriptedModelServer.FailAsync(context, 400, complaint)
                    : ScriptedModelServer.SayAsync(context, "{}")
        );
        using var client = Client(server.BaseUrl);
        var bounded = Question with { Schema = ReplySchema.Build(AskingFixture.Question("Kissing"), 1) };

        await client.AskAsync(bounded, CancellationToken.None);
        await client.AskAsync(bounded, CancellationToken.None);

        Assert.Equal(3, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal("json_schema", request.Format));
        Assert.DoesNotContain("\"maximum\"", server.Requests[^1].Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["json_schema", "max_tokens"], client.Capabilities.Describe());
    }

    [Fact]
    public async Task A_newer_OpenAI_model_gets_the_new_token_field_and_no_temperature()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Body.ContainsKey("max_tokens")
                    ? ScriptedModelServer.FailAsync(
                        context,
                        400,
                        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
                    )
                : request.Body.ContainsKey("temperature")
                    ? ScriptedModelServer.FailAsync(
                        context,
                        400,
                        "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported."
                    )
                : ScriptedModelServer.SayAsync(context, "{}")
        );
        using var client = Client(server.BaseUrl);

        await client.AskAsync(Question, CancellationToken.None);
        await client.AskAsync(Question, CancellationToken.None);

        Assert.Equal(4, server.Requests.Count);
        Assert.Equal("json_schema", server.Requests[^1].Format);
        Assert.Equal(["json_schema", "max_completion_tokens", "no temperature"], client.Capabilities.Describe());
    }

    [Fact]
    public async Task Token_probabilities_are_asked_for_when_wanted_and_done_without_when_refused()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Body.ContainsKey("logprobs")
                    ? ScriptedModelServer.FailAsync(context, 400, "logprobs is not supported by this model")
                    : ScriptedModelServer.SayAsync(context, "{}")
        );
        using var client = Client(server.BaseUrl);

        await client.AskAsync(Question with { Logprobs = true }, CancellationToken.None);
        await client.AskAsync(Question with { Logprobs = true }, CancellationToken.None);

        Assert.Equal(3, server.Requests.Count);
        Assert.Equal("json_schema", server.Requests[^1].Format);
    }

    [Theory]
    [InlineData(StructuredOutput.On, "json_schema")]
    [InlineData(StructuredOutput.Off, null)]
    public async Task What_the_user_decided_about_structured_output_is_kept_to(StructuredOutput wish, string? format)
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) => ScriptedModelServer.FailAsync(context, 400, "response_format is not supported")
        );
        using var client = Client(server.BaseUrl);

        var failure = await FailAsync(client, Question with { StructuredOutput = wish });

        Assert.Equal(FailureKind.Request, failure.Kind);
        Assert.Equal(format, Assert.Single(server.Requests).Format);
    }

    [Fact]
    public async Task Once_a_format_was_accepted_a_rejection_is_about_something_else()
    {
        var isGood = true;
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) => isGood ? ScriptedModelServer.SayAsync(context, "{}") : ScriptedModelServer.FailAsync(context, 400, "bad image")
        );
        using var client = Client(server.BaseUrl);
        await client.AskAsync(Question, CancellationToken.None);
        isGood = false;

        var failure = await FailAsync(client, Question);

        Assert.Equal(FailureKind.Request, failure.Kind);
        Assert.Contains("bad image", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(400, "Unable to decode image", nameof(FailureKind.Request), "Unable to decode image")]
    [InlineData(400, "This model's maximum context length is 4096 tokens", nameof(FailureKind.TooLarge), "vlm.maxImageSize")]
    [InlineData(400, "the request exceeds the available context size", nameof(FailureKind.TooLarge), "vlm.maxImageSize")]
    [InlineData(
        400,
        "No models loaded. Please load a model in the developer page",
        nameof(FailureKind.Misconfigured),
        "model of endpoint tested"
    )]
    [InlineData(400, "Model does not support images. Please use a model that does.", nameof(FailureKind.Misconfigured), "vision model")]
    [InlineData(
        500,
        "image input is not supported - hint: you may need to provide the mmproj",
        nameof(FailureKind.Misconfigured),
        "vision model"
    )]
    [InlineData(
        401,
        "Incorrect API key provided: planted-secret-0123456789",
        nameof(FailureKind.Misconfigured),
        "apiKey of endpoint tested"
    )]
    [InlineData(402, "Insufficient credits", nameof(FailureKind.Misconfigured), "no credit")]
    [InlineData(403, "forbidden", nameof(FailureKind.Misconfigured), "apiKey of endpoint tested")]
    [InlineData(404, "model \"test-model\" not found, try pulling it first", nameof(FailureKind.Misconfigured), "try pulling it first")]
    [InlineData(405, "", nameof(FailureKind.Misconfigured), "baseUrl of endpoint tested")]
    [InlineData(413, "", nameof(FailureKind.TooLarge), "vlm.maxImageSize")]
    [InlineData(429, "Rate limit reached", nameof(FailureKind.Overloaded), "Rate limit reached")]
    [InlineData(
        429,
        "You exceeded your current quota, please check your plan and billing details",
        nameof(FailureKind.Misconfigured),
        "no credit"
    )]
    [InlineData(500, "CUDA out of memory", nameof(FailureKind.Server), "CUDA out of memory")]
    [InlineData(502, "<html><body>Bad gateway</body></html>", nameof(FailureKind.Server), "Bad gateway")]
    [InlineData(503, "Loading model", nameof(FailureKind.Overloaded), "Loading model")]
    public async Task An_error_tells_whose_fault_it_is_and_what_to_do(int status, string said, string kind, string told)
    {
        await using var server = await ScriptedModelServer.StartAsync((_, context) => ScriptedModelServer.FailAsync(context, status, said));
        using var client = Client(server.BaseUrl, Key);

        var failure = await FailAsync(client, Question);

        Assert.Equal((kind, status), (failure.Kind.ToString(), failure.Status));
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
        Assert.Contains("HTTP " + status, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", 7.0)]
    [InlineData("0.5", 0.5)]
    [InlineData("soon", null)]
    [InlineData("-3", null)]
    public async Task Retry_After_in_seconds_is_read(string value, double? seconds)
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) =>
            {
                context.Response.Headers["Retry-After"] = value;
                return ScriptedModelServer.FailAsync(context, 429, "slow down");
            }
        );
        using var client = Client(server.BaseUrl);

        var failure = await FailAsync(client, Question);

        Assert.Equal(seconds, failure.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Retry_After_as_a_date_is_read()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) =>
            {
                context.Response.Headers["Retry-After"] = DateTimeOffset.UtcNow.AddMinutes(2).ToString("R");
                return ScriptedModelServer.FailAsync(context, 503, "maintenance");
            }
        );
        using var client = Client(server.BaseUrl);

        var failure = await FailAsync(client, Question);

        Assert.InRange(failure.RetryAfter!.Value.TotalSeconds, 100, 121);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_so_the_key_stays_here()
    {
        await using var elsewhere = await ScriptedModelServer.SayingAsync(_ => "{}");
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) =>
            {
                context.Response.Redirect(elsewhere.BaseUrl + "/chat/completions", permanent: false, preserveMethod: true);
                return Task.CompletedTask;
            }
        );
        using var client = Client(server.BaseUrl, Key);

        var failure = await FailAsync(client, Question);

        Assert.Equal(FailureKind.Misconfigured, failure.Kind);
        Assert.Contains("baseUrl of endpoint tested", failure.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("""{"error":{"message":"upstream overloaded","code":429}}""", nameof(FailureKind.Overloaded), "upstream overloaded")]
    [InlineData("""{"error":"something broke"}""", nameof(FailureKind.Server), "something broke")]
    [InlineData("""{"object":"list","data":[]}""", nameof(FailureKind.Server), "object")]
    [InlineData("<!doctype html><title>LM Studio</title>", nameof(FailureKind.Server), "baseUrl")]
    [InlineData("", nameof(FailureKind.Server), "baseUrl")]
    [InlineData("{\"choices\":[{\"mess", nameof(FailureKind.Server), "baseUrl")]
    [InlineData("[[[[", nameof(FailureKind.Server), "baseUrl")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"\\ud83d\"}}]}", nameof(FailureKind.Server), "baseUrl")]
    public async Task What_is_no_chat_completion_is_a_failure_of_the_server(string body, string kind, string told)
    {
        await using var server = await ScriptedModelServer.StartAsync((_, context) => context.Response.WriteAsync(body));
        using var client = Client(server.BaseUrl);

        var failure = await FailAsync(client, Question);

        Assert.Equal(kind, failure.Kind.ToString());
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"choices":[],"error":{"code":429,"message":"slow down"}}""",
        nameof(FailureKind.Overloaded),
        "HTTP 200 with error 429",
        "slow down"
    )]
    [InlineData(
        """{"choices":[],"error":{"code":"502","message":"no host"}}""",
        nameof(FailureKind.Server),
        "HTTP 200 with error 502",
        "no host"
    )]
    [InlineData(
        """{"choices":[{"finish_reason":"error","error":{"code":403,"message":"x","metadata":{"flagged_input":"y"}},"message":{"content":""}}]}""",
        nameof(FailureKind.Refused),
        "HTTP 200 with error 403",
        "refuses this picture"
    )]
    [InlineData(
        """{"choices":[{"finish_reason":"error","message":{"content":"{\"tags\": []}"}}]}""",
        nameof(FailureKind.Server),
        "HTTP 200 with an error",
        "ended with an error"
    )]
    [InlineData(
        """{"choices":[{"finish_reason":"error","message":{"content":"{\"tags\": []}"}}],"error":{"code":503,"message":"gone"}}""",
        nameof(FailureKind.Overloaded),
        "HTTP 200 with error 503",
        "gone"
    )]
    [InlineData(
        """{"error":"Unexpected endpoint or method. (POST /chat/completions)"}""",
        nameof(FailureKind.Misconfigured),
        "HTTP 200 with an error",
        "check baseUrl of endpoint tested (it usually ends with /v1)"
    )]
    [InlineData(
        """{"error":{"message":"Error in iterating prediction stream: ValueError: Vision add-on is not loaded, but images were provided"}}""",
        nameof(FailureKind.Misconfigured),
        "HTTP 200 with an error",
        "Vision add-on is not loaded"
    )]
    public async Task An_error_inside_a_reply_is_treated_by_its_code_and_not_shown_as_a_status(
        string body,
        string kind,
        string sent,
        string told
    )
    {
        await using var server = await ScriptedModelServer.StartAsync((_, context) => context.Response.WriteAsync(body));
        using var client = Client(server.BaseUrl);

        var failure = await FailAsync(client, Question);

        Assert.Equal(kind, failure.Kind.ToString());
        Assert.StartsWith(sent, failure.Message, StringComparison.Ordinal);
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[null]}""")]
    [InlineData("""{"choices":[{"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":null},"finish_reason":null,"logprobs":null}]}""")]
    public async Task A_completion_without_words_is_an_empty_reply(string body)
    {
        await using var server = await ScriptedModelServer.StartAsync((_, context) => context.Response.WriteAsync(body));
        using var client = Client(server.BaseUrl);

        Assert.Equal("", (await client.AskAsync(Question, CancellationToken.None)).Content);
    }

    [Fact]
    public async Task Reasoning_refusal_parts_and_token_probabilities_are_read()
    {
        const string Body = """
            {"model":"m","choices":[{"finish_reason":"stop",
              "message":{"content":[{"type":"text","text":"Kiss"},{"type":"text","text":"ing"}],"reasoning":"because","refusal":"no"},
              "logprobs":{"content":[{"token":"Kiss","logprob":-0.1,"bytes":[75,105,115,115]},{"token":"ing","logprob":-0.2},{"token":"x"}]}}]}
            """;
        await using var server = await ScriptedModelServer.StartAsync((_, context) => context.Response.WriteAsync(Body));
        using var client = Client(server.BaseUrl);

        var reply = await client.AskAsync(Question, CancellationToken.None);

        Assert.Equal(("Kissing", "because", "no"), (reply.Content, reply.Reasoning, reply.Refusal));
        Assert.Equal([-0.1, -0.2], reply.Tokens.Select(token => token.Logprob));
        Assert.Equal("ing"u8.ToArray(), reply.Tokens[1].Utf8);
    }

    [Fact]
    public async Task A_reply_without_end_is_read_up_to_a_limit_and_no_further()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            async (_, context) =>
            {
                var block = new byte[64 * 1024];
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
                }
            }
        );
        using var client = Client(server.BaseUrl);

        var failure = await FailAsync(client, Question);

        Assert.Equal(FailureKind.Server, failure.Kind);
        Assert.Contains("larger than 4 MB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        using var client = Client($"http://127.0.0.1:{FreePort()}/v1");

        var failure = await FailAsync(client, Question);

        Assert.Equal(FailureKind.Unreachable, failure.Kind);
        Assert.Contains("refused", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_computer_that_says_nothing_at_all_is_soon_unreachable()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only there does a full queue of connections keep silent");
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(1);
        var address = (IPEndPoint)silent.LocalEndPoint!;
        var crowd = Enumerable.Range(0, 8).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp) { Blocking = false }).ToList();
        foreach (var one in crowd)
        {
            Assert.Throws<SocketException>(() => one.Connect(address));
        }

        using var client = Client($"http://127.0.0.1:{address.Port}/v1", timeout: TimeSpan.FromSeconds(1));

        var failure = await FailAsync(client, Question);

        Assert.Equal(FailureKind.Unreachable, failure.Kind);
        Assert.Contains("nothing listens", failure.Message, StringComparison.Ordinal);
        crowd.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_unreachable()
    {
        using var client = Client("http://nobody.invalid/v1");

        var failure = await FailAsync(client, Question);

        Assert.Equal(FailureKind.Unreachable, failure.Kind);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_is_a_failure_of_the_server()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            async (_, context) =>
            {
                context.Response.ContentLength = 1000;
                await context.Response.WriteAsync("{\"choices\":");
                await context.Response.Body.FlushAsync();
                context.Abort();
            }
        );
        using var client = Client(server.BaseUrl);

        var failure = await FailAsync(client, Question);

        Assert.Equal(FailureKind.Server, failure.Kind);
        Assert.Contains("connection broke", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("")]
    public async Task Something_else_than_an_HTTP_server_is_a_failure_of_the_server(string greeting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync();
        using var client = Client($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1");

        var failure = await FailAsync(client, Question);

        Assert.Equal(FailureKind.Server, failure.Kind);
        await serving;

        async Task ServeAsync()
        {
            using var socket = await listener.AcceptSocketAsync();
            await socket.ReceiveAsync(new byte[1024]);
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(greeting));
        }
    }

    [Fact]
    public async Task An_untrusted_certificate_needs_a_person()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var server = await ScriptedModelServer.StartAsync(
            (_, context) => ScriptedModelServer.SayAsync(context, "{}"),
            certificate
        );
        using var client = Client(server.BaseUrl, Key);

        var failure = await FailAsync(client, Question);

        Assert.Equal(FailureKind.Misconfigured, failure.Kind);
        Assert.Contains("certificate", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_cancelled_caller_gets_a_cancellation_whatever_the_server_does()
    {
        await using var server = await ScriptedModelServer.StartAsync((_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var client = Client(server.BaseUrl);
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.AskAsync(Question, giveUp.Token));
    }

    private static Task<EndpointFailureException> FailAsync(EndpointClient client, ChatQuestion question) =>
        Assert.ThrowsAsync<EndpointFailureException>(() => client.AskAsync(question, CancellationToken.None));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

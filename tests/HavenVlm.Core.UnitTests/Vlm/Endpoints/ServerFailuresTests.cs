using System.Text;
using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Core.UnitTests.Vlm.Endpoints;

/// <summary>What servers really send when they fail, and what it amounts to: at least one case for each row of the table.</summary>
public sealed class ServerFailuresTests
{
    private static readonly (string Server, int Status, string Body, FailureKind Kind)[] Cases =
    [
        (
            "OpenRouter",
            403,
            """{"error":{"message":"Input flagged","code":403,"metadata":{"reasons":["sexual"],"flagged_input":"Label…","provider_name":"X","model_slug":"m"}}}""",
            FailureKind.Refused
        ),
        (
            "Azure OpenAI",
            400,
            """{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"sexual":{"filtered":true,"severity":"high"}}}}}""",
            FailureKind.Refused
        ),
        (
            "OpenAI",
            400,
            """{"error":{"code":"content_policy_violation","message":"Your request was rejected as a result of our safety system."}}""",
            FailureKind.Refused
        ),
        (
            "OpenRouter passing on Azure's error",
            400,
            """{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"code\":\"content_filter\",\"message\":\"filtered\"}}"}}}""",
            FailureKind.Refused
        ),
        (
            "LiteLLM",
            400,
            """{"error":{"message":"litellm.ContentPolicyViolationError: content management policy","type":null,"code":"400"}}""",
            FailureKind.Refused
        ),
        (
            "Alibaba",
            400,
            """{"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}}""",
            FailureKind.Refused
        ),
        (
            "Gemini",
            400,
            """[{"error":{"code":400,"message":"blocked","status":"INVALID_ARGUMENT","details":[{"reason":"PROHIBITED_CONTENT"}]}}]""",
            FailureKind.Refused
        ),
        ("access", 403, """{"error":{"message":"Project does not have access to model"}}""", FailureKind.Misconfigured),
        (
            "OpenAI",
            429,
            """{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}""",
            FailureKind.Misconfigured
        ),
        (
            "Gemini",
            429,
            """[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}]""",
            FailureKind.Overloaded
        ),
        ("proxy", 429, """{"error":{"message":"insufficient credit"}}""", FailureKind.Misconfigured),
        ("any", 429, "slow down", FailureKind.Overloaded),
        ("any", 401, """{"detail":"Unauthorized"}""", FailureKind.Misconfigured),
        (
            "Gemini",
            400,
            """[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]""",
            FailureKind.Misconfigured
        ),
        ("OpenRouter", 402, """{"error":{"message":"Insufficient credits","code":402}}""", FailureKind.Misconfigured),
        (
            "OpenRouter",
            404,
            """{"error":{"message":"No endpoints found that support image input","code":404}}""",
            FailureKind.Misconfigured
        ),
        ("Ollama", 500, """{"error":{"message":"missing data required for image input"}}""", FailureKind.Misconfigured),
        ("vLLM", 400, """{"message":"At most 0 image(s) may be provided in one prompt.","code":400}""", FailureKind.Misconfigured),
        ("LM Studio", 400, """{"error":"Model does not support images. Please use a model that does."}""", FailureKind.Misconfigured),
        ("LM Studio", 400, """{"error":"Model is unloaded."}""", FailureKind.Down),
        ("LM Studio", 404, """{"error":{"message":"Model unloaded."}}""", FailureKind.Down),
        (
            "LM Studio",
            400,
            """{"error":"The model has crashed without additional information. (Exit code: 18446744072635812000)"}""",
            FailureKind.Down
        ),
        ("LM Studio", 400, """{"error":"Channel Error"}""", FailureKind.Down),
        ("LM Studio", 400, """{"error":{"message":"Failed to load model \"qwen\". Error: Operation canceled."}}""", FailureKind.Down),
        ("LM Studio", 400, """{"error":"failed to process image"}""", FailureKind.Server),
        ("LM Studio", 400, """{"error":"CUDA error: out of memory"}""", FailureKind.Server),
        (
            "LM Studio",
            404,
            """{"error":{"message":"No models loaded. Please load a model in the developer page or use the 'lms load' command."}}""",
            FailureKind.Misconfigured
        ),
        (
            "Ollama",
            500,
            """{"error":{"message":"llama runner process has terminated: exit status 2","type":"api_error"}}""",
            FailureKind.Down
        ),
        ("Ollama", 404, """{"error":{"message":"model 'x' not found","type":"not_found_error"}}""", FailureKind.Misconfigured),
        (
            "vLLM",
            500,
            """{"error":{"message":"EngineCore encountered an issue. See stack trace (above) for the root cause.","type":"Internal Server Error","code":500}}""",
            FailureKind.Down
        ),
        ("llama.cpp", 503, """{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}""", FailureKind.Overloaded),
        ("text-generation-inference", 500, """{"error":"Model x is currently loading"}""", FailureKind.Down),
        (
            "llama.cpp",
            400,
            """{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_ctx":4096}}""",
            FailureKind.TooLarge
        ),
        ("OpenAI", 400, """{"error":{"message":"too long","code":"context_length_exceeded"}}""", FailureKind.TooLarge),
        ("vLLM", 400, """{"object":"error","message":"This model's maximum context length is 4096 tokens"}""", FailureKind.TooLarge),
        ("vLLM", 400, """{"error":{"message":"The model `x` does not exist."}}""", FailureKind.Misconfigured),
        (
            "llama.cpp",
            400,
            """{"error":{"code":400,"message":"Failed to load image or audio file","type":"invalid_request_error"}}""",
            FailureKind.Request
        ),
        (
            "vLLM",
            400,
            """{"object":"error","message":"At most 1 image(s) may be provided in one request.","type":"BadRequestError","param":null,"code":400}""",
            FailureKind.TooManyPictures
        ),
        (
            "llama.cpp",
            500,
            """{"error":{"code":500,"message":"Failed to parse input at pos 0: �","type":"server_error"}}""",
            FailureKind.Unusable
        ),
        (
            "llama.cpp",
            500,
            """{"error":{"code":500,"message":"[json.exception.type_error.316] invalid UTF-8 byte at index 145: 0x27","type":"server_error"}}""",
            FailureKind.Unusable
        ),
        (
            "Groq",
            400,
            """{"error":{"message":"Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.","type":"invalid_request_error","code":"json_validate_failed","failed_generation":"{"}}""",
            FailureKind.Unusable
        ),
        (
            "LocalAI",
            500,
            """{"error":{"code":500,"message":"could not load model - all backends returned error: 24 errors occurred","type":""}}""",
            FailureKind.Down
        ),
        (
            "Ollama",
            500,
            """{"error":{"message":"timed out waiting for llama runner to start - progress 0.00 - ","type":"api_error"}}""",
            FailureKind.Down
        ),
        (
            "Gemini without details",
            400,
            """[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]""",
            FailureKind.Misconfigured
        ),
        (
            "OpenAI",
            403,
            """{"error":{"message":"You are not allowed to request logprobs from this model","type":"invalid_request_error"}}""",
            FailureKind.Request
        ),
        ("nginx", 502, "<html><head><title>502 Bad Gateway</title></head></html>", FailureKind.Server),
        ("nginx", 504, "<html><head><title>504 Gateway Time-out</title></head></html>", FailureKind.Server),
        ("nginx", 413, "<html><head><title>413 Request Entity Too Large</title></head></html>", FailureKind.TooLarge),
        ("nginx", 301, "", FailureKind.Misconfigured),
        ("LM Studio", 404, """{"error":"Unexpected endpoint or method. (POST /chat/completions)"}""", FailureKind.Misconfigured),
        ("Anthropic", 529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", FailureKind.Overloaded),
        ("any", 408, "", FailureKind.Server),
        ("any", 500, "", FailureKind.Server),
        ("any", 422, """{"detail":[{"msg":"Field required"}]}""", FailureKind.Request),
    ];

    public static TheoryData<string, int, string, string> Errors => [.. Cases.Select(c => (c.Server, c.Status, c.Body, c.Kind.ToString()))];

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task An_error_amounts_to_what_the_table_says_and_keeps_its_words(string server, int status, string body, string kind)
    {
        var formats = 0;
        await using var scripted = await ScriptedModelServer.StartAsync(
            (_, context) =>
            {
                formats++;
                context.Response.StatusCode = status;
                return context.Response.WriteAsync(body);
            }
        );
        using var client = new EndpointClient(
            new EndpointOptions
            {
                Name = "tested",
                BaseUrl = scripted.BaseUrl,
                Timeout = TimeSpan.FromSeconds(10),
            },
            TimeProvider.System
        );

        var failure = await Assert.ThrowsAsync<EndpointFailureException>(() =>
            client.AskAsync(
                new ChatQuestion
                {
                    Model = "m",
                    Instructions = "Label it.",
                    Pictures = AskingFixture.Pictures(1),
                    Schema = new JsonObject(),
                },
                CancellationToken.None
            )
        );

        Assert.True(kind.Equals(failure.Kind.ToString(), StringComparison.Ordinal), $"{server}: {failure.Kind}, {failure.Message}");
        Assert.Contains($"HTTP {status}", failure.Message, StringComparison.Ordinal);
        // Only what may be about the format of the reply is asked in another one.
        Assert.True(failure.Kind == FailureKind.Request ? formats >= 3 : formats == 1, $"{server}: {formats} requests");
    }

    [Fact]
    public void Every_row_of_the_table_has_a_case()
    {
        var mask = new SecretMask([]);
        var met = Cases.Select(c => ServerFailures.Of(ServerError.Read(c.Status, Encoding.UTF8.GetBytes(c.Body), mask))).ToHashSet();

        Assert.Empty(ServerFailures.Table.Where(row => !met.Contains(row)).Select(row => $"{row.Servers} {row.Kind} {row.Advice}"));
    }

    [Fact]
    public void A_wait_in_the_body_is_read_and_headers_come_before_it()
    {
        var quota = Cases.Single(c => c.Body.Contains("retryDelay", StringComparison.Ordinal));
        var error = ServerError.Read(quota.Status, Encoding.UTF8.GetBytes(quota.Body), new SecretMask([]));

        Assert.Equal(34.5, FailureClassifier.OfError(error, retryAfter: null, new EndpointOptions()).RetryAfter!.Value.TotalSeconds);
        Assert.Equal(7, FailureClassifier.OfError(error, TimeSpan.FromSeconds(7), new EndpointOptions()).RetryAfter!.Value.TotalSeconds);
    }
}

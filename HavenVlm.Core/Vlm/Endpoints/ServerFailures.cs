namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>A way in which servers fail: what it is known by, and what it amounts to.</summary>
/// <param name="Servers">Who fails in this way.</param>
/// <param name="Kind">What it amounts to.</param>
/// <param name="Advice">What to tell the user; <c>{name}</c> is the endpoint.</param>
internal sealed record ServerFailure(string Servers, FailureKind Kind, string Advice = "")
{
    /// <summary>Statuses that it comes with; empty = any.</summary>
    public IReadOnlyList<int> Statuses { get; init; } = [];

    /// <summary>Codes of which the body has at least one; empty = none is needed.</summary>
    public IReadOnlyList<string> Marks { get; init; } = [];

    /// <summary>Words of which the message has at least one; empty = none is needed.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>A word that the message must have besides.</summary>
    public string Also { get; init; } = "";

    /// <summary>Whether it may be about the picture after all, so that the endpoint is tried with another one first.</summary>
    public bool IsDoubtful { get; init; }

    /// <summary>Whether an error is of this kind.</summary>
    public bool Matches(ServerError error) =>
        (Statuses.Count == 0 || Statuses.Contains(error.Status))
        && (Marks.Count == 0 || Marks.Any(error.Marks.Contains))
        && (Words.Count == 0 || Words.Any(word => Has(error.Text, word)))
        && Has(error.Text, Also);

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// What model servers say when they fail, one row for each way. The first row that matches counts: codes come before statuses, statuses that
/// leave no doubt before words. A server that is not listed is judged by its status alone.
/// </summary>
internal static class ServerFailures
{
    /// <summary>What is said of a model without eyes.</summary>
    public const string CannotSee = "the model cannot see pictures";

    /// <summary>What is said of a server that lacks the model.</summary>
    public const string LacksModel = "it does not have the model";

    private const string NoCredit = "the account has no credit left";
    private const string Refused = "its moderation refuses this picture";
    private const string WrongKey = "the key is not accepted: check apiKey of endpoint {name}";
    private const string NoVision = "the model cannot see pictures: choose a vision model for endpoint {name}";
    private const string MissingModel = LacksModel + ": check model of endpoint {name}, or load it there";
    private const string FewerRequests = "it wants fewer requests";

    private const string TooLarge =
        "the request does not fit into the model's context: lower vlm.maxImageSize or vlm.framesPerRequest, or give the model more";

    /// <summary>The rows, in the order in which they are tried.</summary>
    public static IReadOnlyList<ServerFailure> Table { get; } =
    [
        // One picture that a moderation does not let through.
        new("OpenRouter", FailureKind.Refused, Refused) { Marks = ["flagged_input"] },
        new("Azure OpenAI", FailureKind.Refused, Refused)
        {
            Marks = ["content_filter", "content_filter_result", "ResponsibleAIPolicyViolation"],
        },
        new("OpenAI, LiteLLM, OpenRouter", FailureKind.Refused, Refused)
        {
            Marks = ["content_policy_violation", "content_policy_violation_error", "moderation_blocked", "refusal"],
        },
        new("Alibaba Model Studio", FailureKind.Refused, Refused) { Marks = ["data_inspection_failed", "DataInspectionFailed"] },
        new("Gemini", FailureKind.Refused, Refused) { Marks = ["PROHIBITED_CONTENT", "IMAGE_SAFETY", "SAFETY"] },
        new("OpenAI, Azure OpenAI", FailureKind.Refused, Refused)
        {
            Statuses = [400, 403],
            Words = ["content management policy", "result of our safety system", "content_policy_violation", "flagged by moderation"],
        },
        // Quotas: used up for good, or only for this minute.
        new("OpenAI", FailureKind.Misconfigured, NoCredit)
        {
            Marks = ["insufficient_quota", "billing_hard_limit_reached", "insufficient_credits"],
        },
        new("Gemini, Groq, OpenAI", FailureKind.Overloaded, FewerRequests)
        {
            Statuses = [429],
            Marks = ["RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "rate_limit_error", "too_many_requests"],
        },
        new("OpenAI and who speaks like it", FailureKind.Misconfigured, NoCredit)
        {
            Statuses = [429],
            Words = ["insufficient_quota", "exceeded your current quota", "insufficient credit", "billing"],
        },
        new("all", FailureKind.Overloaded, FewerRequests) { Statuses = [429] },
        // Keys and accounts.
        new("all", FailureKind.Misconfigured, WrongKey) { Statuses = [401] },
        new("Gemini, OpenAI", FailureKind.Misconfigured, WrongKey) { Marks = ["API_KEY_INVALID", "invalid_api_key"] },
        new("Gemini, xAI, Groq", FailureKind.Misconfigured, WrongKey)
        {
            Statuses = [400, 403],
            Words = ["api key not valid", "api key expired", "incorrect api key", "invalid api key"],
        },
        // A parameter that this model does not know: asked again without it. github.com/mscraftsman/generative-ai/issues/135
        new("OpenAI, Gemini", FailureKind.Request) { Statuses = [400, 403, 422], Words = ["logprobs"] },
        new("OpenRouter", FailureKind.Misconfigured, NoCredit) { Statuses = [402] },
        // A model without eyes.
        new("llama.cpp, Ollama, LM Studio, vLLM, OpenRouter", FailureKind.Misconfigured, NoVision)
        {
            Words =
            [
                "image input is not supported",
                "not support image",
                "not support vision",
                "support image input",
                "not a multimodal",
                "not multimodal",
                "mmproj",
                "image_url is only supported",
                "unknown part type: image",
                "missing data required for image input",
                "at most 0 image",
                "vision add-on is not loaded",
            ],
        },
        // Pictures are asked one by one then. github.com/vllm-project/vllm/issues/13513, /issues/9739, github.com/xorbitsai/inference/issues/3054
        new("vLLM, Xinference, Groq, Ollama", FailureKind.TooManyPictures, "it takes fewer pictures in one request")
        {
            Statuses = [400, 422, 500],
            Words =
            [
                "image(s) may be provided in one",
                "limit-mm-per-prompt",
                "too many images",
                "only supports a single image",
                "only supports one image",
            ],
        },
        // The reply was written, and its own parser could not read it. github.com/ggml-org/llama.cpp/issues/24327, /issues/11738
        new("llama.cpp, LM Studio", FailureKind.Unusable, "it could not read the model's own reply")
        {
            Statuses = [400, 500],
            Words = ["failed to parse input at pos", "json.exception.type_error.316", "invalid utf-8 byte at index"],
        },
        new("Groq", FailureKind.Unusable, "the model's reply did not fit the schema")
        {
            Marks = ["json_validate_failed", "tool_use_failed"],
        },
        // The model is gone: crashed, unloaded, or still being loaded.
        new("LocalAI", FailureKind.Down, "its model is not running")
        {
            Statuses = [500],
            Words = ["could not load model", "all backends returned error", "rpc error: code = unavailable"],
        },
        // github.com/ollama/ollama/issues/4131
        new("Ollama", FailureKind.Down, "its model is being loaded") { Words = ["timed out waiting for llama runner to start"] },
        new("LM Studio", FailureKind.Down, "its model is not running")
        {
            Words =
            [
                "model is unloaded",
                "model unloaded",
                "model has been unloaded",
                "model has crashed",
                "model crashed",
                "channel error",
            ],
        },
        new("LM Studio", FailureKind.Down, "its model is not running") { Words = ["operation canceled"], Also = "load" },
        new("Ollama", FailureKind.Down, "its model is not running")
        {
            Words = ["runner process has terminated", "runner process no longer running", "model runner has unexpectedly stopped"],
        },
        new("vLLM, SGLang", FailureKind.Down, "its model is not running")
        {
            Words = ["enginecore encountered", "enginedeaderror", "engine loop is not running", "background loop has errored"],
        },
        new("llama.cpp, text-generation-inference", FailureKind.Down, "its model is being loaded")
        {
            Statuses = [400, 500],
            Words = ["loading model", "currently loading", "model is loading"],
        },
        // Its own failure, or this picture's: more of the same decides.
        new("llama.cpp, LM Studio, Ollama, vLLM", FailureKind.Server)
        {
            Words =
            [
                "out of memory",
                "outofmemory",
                "cuda error",
                "hip error",
                "vk::",
                "failed to allocate",
                "failed to process image",
                "failed to decode the batch",
            ],
        },
        // Addresses.
        new("LM Studio", FailureKind.Misconfigured, "no such call: check baseUrl of endpoint {name} (it usually ends with /v1)")
        {
            Words = ["unexpected endpoint or method"],
        },
        new("all", FailureKind.Misconfigured, "it redirects elsewhere: put the final address into baseUrl of endpoint {name}")
        {
            Statuses = [300, 301, 302, 303, 304, 305, 306, 307, 308],
        },
        new("all", FailureKind.Misconfigured, "access is denied: check apiKey of endpoint {name} and what it may use")
        {
            Statuses = [403],
            IsDoubtful = true,
        },
        new(
            "all",
            FailureKind.Misconfigured,
            "nothing there: check baseUrl of endpoint {name} (it usually ends with /v1) and that the server has the model"
        )
        {
            Statuses = [404, 405],
        },
        // The request.
        new("all", FailureKind.TooLarge, "the request is too large for it: lower vlm.maxImageSize or vlm.framesPerRequest")
        {
            Statuses = [413],
        },
        new("llama.cpp, vLLM, Anthropic", FailureKind.Overloaded, "it asks to come back later") { Statuses = [503, 529] },
        new("LM Studio, OpenAI, vLLM", FailureKind.Misconfigured, MissingModel)
        {
            Words =
            [
                "not found",
                "does not exist",
                "not exist",
                "not loaded",
                "no models loaded",
                "unknown model",
                "invalid model",
                "not a valid model",
                "failed to load model",
            ],
            Also = "model",
        },
        new("llama.cpp, OpenAI", FailureKind.TooLarge, TooLarge) { Marks = ["context_length_exceeded", "exceed_context_size_error"] },
        new("llama.cpp, OpenAI, vLLM, Ollama", FailureKind.TooLarge, TooLarge)
        {
            Words =
            [
                "context length",
                "context size",
                "context window",
                "maximum context",
                "context_length_exceeded",
                "exceed_context_size",
                "too many tokens",
                "n_ctx",
                "image is too large",
                "request entity too large",
            ],
        },
        new("nginx, load balancers", FailureKind.Server, "the gateway gets no answer from the model server") { Statuses = [502, 504] },
        // They ask to try again.
        new("all", FailureKind.Server) { Statuses = [408, 409, 425] },
    ];

    /// <summary>The row of an error; every other 5xx is the server's own failure, every other 4xx about the request.</summary>
    public static ServerFailure Of(ServerError error) =>
        Table.FirstOrDefault(row => row.Matches(error))
        ?? (
            error.Status switch
            {
                < 400 => new("all", FailureKind.Misconfigured),
                < 500 => new("all", FailureKind.Request),
                _ => new("all", FailureKind.Server),
            }
        );
}

using HavenVlm.Simulation.Media;

namespace HavenVlm.Simulation.Vlm;

/// <summary>How the simulated model server behaves; replace <see cref="SimulatedVlm.Behavior"/> to change it while it runs.</summary>
public sealed record VlmBehavior
{
    /// <summary>Models served; a request for another gets 404.</summary>
    public IReadOnlyList<string> Models { get; init; } = ["simulated-vlm"];

    /// <summary>Whether requests for any other name are served too, as llama.cpp does.</summary>
    public bool TakesAnyModel { get; init; }

    /// <summary>Key that requests must carry; empty = none.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>How replies are written.</summary>
    public ReplyStyle Replies { get; init; } = ReplyStyle.Json;

    /// <summary>Whether token probabilities are returned to those who ask for them.</summary>
    public bool Logprobs { get; init; } = true;

    /// <summary>Time that one answer takes.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.Zero;

    /// <summary>Latency varies up to so much in both directions.</summary>
    public TimeSpan Jitter { get; init; } = TimeSpan.Zero;

    /// <summary>Requests served at once; null = any number.</summary>
    public int? Slots { get; init; }

    /// <summary>What happens to a request when every slot is taken.</summary>
    public WhenFull WhenFull { get; init; } = WhenFull.Reject;

    /// <summary>What a 429 tells to wait.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Faults and the share of requests that each befalls, 0 to 1, together at most 1.</summary>
    public IReadOnlyDictionary<VlmFault, double> Faults { get; init; } = new Dictionary<VlmFault, double>();

    /// <summary>Frames that the model always declines to talk about, however often it is asked; null = none.</summary>
    public Func<FrameStamp, bool>? Refuses { get; init; }

    /// <summary>How those frames are declined: by the model in words, or by a moderation before it.</summary>
    public VlmFault RefusesBy { get; init; } = VlmFault.Refusal;

    /// <summary>Seed of jitter, faults and wrong answers, read when the server starts.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Pause between the 32-byte pieces of a reply that drips.</summary>
    public TimeSpan DripPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Pictures allowed in one request; more get 400.</summary>
    public int MaxPictures { get; init; } = 32;

    /// <summary>Largest request in bytes; a larger one gets 413.</summary>
    public long MaxRequestBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Whether the model sees pictures; else it answers with the first tag asked for, whatever is in them.</summary>
    public bool Sees { get; init; } = true;

    /// <summary>Tokens that a request may have, counted as Qwen-VL does (28 x 28 pixels are one); more get 400 in llama.cpp's words.</summary>
    public int ContextTokens { get; init; } = int.MaxValue;

    /// <summary>Parameters that get 400, as OpenAI's reasoning models do with <c>max_tokens</c> and <c>temperature</c>.</summary>
    public IReadOnlyList<string> RejectedParameters { get; init; } = [];

    /// <summary>Tokens that a thinking model uses up before it answers (<see cref="ReplyStyle.Thinking"/>).</summary>
    public int ThinkingTokens { get; init; } = 600;

    /// <summary>Other names of tags in the legend, such as translations; key = the name asked for.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>How the simulated server writes its replies, after the habits of real ones.</summary>
public enum ReplyStyle
{
    /// <summary>As asked for: JSON by the schema, by <c>json_object</c>, or by the prompt's example.</summary>
    Json,

    /// <summary>Knows <c>json_object</c> but answers a JSON schema with 400.</summary>
    JsonObjectOnly,

    /// <summary>Answers every <c>response_format</c> with 400, then JSON by the prompt.</summary>
    NoResponseFormat,

    /// <summary>Ignores <c>response_format</c> and writes <c>some description | Tag, Tag</c>.</summary>
    PlainText,

    /// <summary>LM Studio with a reasoning model: the JSON is in <c>reasoning_content</c>, <c>content</c> is empty; <c>json_object</c> gets 400.</summary>
    ReasoningContent,

    /// <summary>Ollama with a thinking model: thinking uses up a small token budget, the content stays empty and the finish reason is <c>length</c>.</summary>
    Thinking,

    /// <summary>Thinks aloud between <c>think</c> tags before the JSON.</summary>
    ThinkTags,

    /// <summary>GLM: the JSON stands between special box tokens.</summary>
    BoxTokens,

    /// <summary>The JSON stands in a fence with words around it.</summary>
    Fences,
}

/// <summary>What happens to a request when every slot is taken.</summary>
public enum WhenFull
{
    /// <summary>429 with <c>Retry-After</c>.</summary>
    Reject,

    /// <summary>It waits for its turn.</summary>
    Queue,
}

/// <summary>Something that goes wrong with one request.</summary>
public enum VlmFault
{
    /// <summary>Nothing: the request is served well.</summary>
    None,

    /// <summary>500 with an error body.</summary>
    ServerError,

    /// <summary>429 with <c>Retry-After</c>.</summary>
    RateLimit,

    /// <summary>429 without <c>Retry-After</c>.</summary>
    BareRateLimit,

    /// <summary>No answer until the client gives up.</summary>
    Hang,

    /// <summary>The connection breaks in the middle of the reply.</summary>
    Reset,

    /// <summary>The reply comes a few bytes at a time.</summary>
    Drip,

    /// <summary>A reply with empty content.</summary>
    Empty,

    /// <summary>200 with a body of no bytes.</summary>
    EmptyBody,

    /// <summary>Content that has nothing to do with the question.</summary>
    Garbage,

    /// <summary>The model declines, in OpenAI's <c>refusal</c> field or in words.</summary>
    Refusal,

    /// <summary>The content stops in the middle of the JSON, finish reason <c>length</c>.</summary>
    HalfJson,

    /// <summary>Ten megabytes of words.</summary>
    Huge,

    /// <summary>200 with an HTML page, as a proxy in between answers.</summary>
    WrongContentType,

    /// <summary>A proper reply in which one tag is wrong.</summary>
    WrongAnswer,

    /// <summary>400 "Model is unloaded.", as LM Studio says after its model crashed or was taken out of memory.</summary>
    ModelUnloaded,

    /// <summary>400 with the words of a graphics card that has no memory left.</summary>
    OutOfMemory,

    /// <summary>502 with a page, as a gateway says while the server behind it restarts.</summary>
    BadGateway,

    /// <summary>The connection is closed without an answer.</summary>
    Closed,

    /// <summary>403 with the reasons of a moderation, as OpenRouter says.</summary>
    Moderated,

    /// <summary>400 with the code <c>content_filter</c>, as Azure OpenAI says.</summary>
    ContentFilter,

    /// <summary>429 in a list of errors with the wait in it, as Gemini says when the minute's quota is used up.</summary>
    MinuteQuota,
}

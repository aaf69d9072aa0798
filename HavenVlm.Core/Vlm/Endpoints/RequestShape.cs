using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>How a server can be told which form the reply must have; each can do what the ones before it can.</summary>
internal enum ReplyFormat
{
    /// <summary>By words alone.</summary>
    None,

    JsonObject,

    JsonSchema,
}

/// <summary>The form of a request: what differs between servers that all call themselves OpenAI-compatible.</summary>
/// <param name="Format">How the reply's form is asked for.</param>
/// <param name="IsNewTokenField"><c>max_completion_tokens</c> (OpenAI's newer models) instead of <c>max_tokens</c> (everybody else).</param>
/// <param name="HasLogprobs">Whether token probabilities can be asked for.</param>
/// <param name="HasTopLogprobs">Whether the number of alternatives to each token can be told.</param>
/// <param name="HasTemperature">Whether a temperature is accepted.</param>
/// <param name="HasBounds">Whether the schema may say between which numbers a confidence lies.</param>
internal sealed record RequestShape(
    ReplyFormat Format = ReplyFormat.JsonSchema,
    bool IsNewTokenField = false,
    bool HasLogprobs = true,
    bool HasTopLogprobs = true,
    bool HasTemperature = true,
    bool HasBounds = true
)
{
    /// <summary>The shape with what the user decided about structured output.</summary>
    public RequestShape With(StructuredOutput wish) =>
        wish switch
        {
            StructuredOutput.On => this with { Format = ReplyFormat.JsonSchema },
            StructuredOutput.Off => this with { Format = ReplyFormat.None },
            _ => this,
        };

    /// <summary>What a server's complaint tells about the shape it would accept; null = nothing.</summary>
    /// <param name="complaint">The server's words.</param>
    /// <param name="wish">What the user decided.</param>
    public RequestShape? After(string complaint, StructuredOutput wish)
    {
        if (!IsNewTokenField && Mentions("max_completion_tokens"))
        {
            return this with { IsNewTokenField = true };
        }

        if (HasLogprobs && HasTopLogprobs && Mentions("top_logprobs"))
        {
            return this with { HasTopLogprobs = false };
        }

        if (HasLogprobs && Mentions("logprobs"))
        {
            return this with { HasLogprobs = false };
        }

        if (HasTemperature && Mentions("temperature"))
        {
            return this with { HasTemperature = false };
        }

        if (
            HasBounds
            && Format == ReplyFormat.JsonSchema
            && (Mentions("minimum") || Mentions("'maximum'") || Mentions("features not supported"))
        )
        {
            return this with { HasBounds = false };
        }

        var isAboutFormat =
            Mentions("response_format")
            || Mentions("json_schema")
            || Mentions("json_object")
            || Mentions("grammar")
            || Mentions("guided")
            || Mentions("structured output")
            || Mentions("schema");
        return isAboutFormat ? WithLess(wish) : null;

        bool Mentions(string word) => complaint.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The next simpler way to ask for the form of the reply; null = there is none, or the user insists.</summary>
    public RequestShape? WithLess(StructuredOutput wish) =>
        wish == StructuredOutput.Auto && Format > ReplyFormat.None ? this with { Format = Format - 1 } : null;
}

/// <summary>What was learned about an endpoint: the shape that it accepted last.</summary>
internal sealed class EndpointCapabilities
{
    private volatile RequestShape _shape = new();
    private volatile bool _isConfirmed;
    private volatile bool _isFormatInDoubt;
    private volatile bool _takesOnePicture;

    /// <summary>The shape to ask with.</summary>
    public RequestShape Shape => _shape;

    /// <summary>Whether the endpoint has accepted that shape.</summary>
    public bool IsConfirmed => _isConfirmed;

    /// <summary>
    /// Whether the endpoint took a simpler format after it had refused another without a word about formats. When that happens again to a
    /// request that went out later, it is believed.
    /// </summary>
    public bool IsFormatInDoubt => _isFormatInDoubt;

    /// <summary>Whether the endpoint refused several pictures in one request.</summary>
    public bool TakesOnePicture => _takesOnePicture;

    /// <summary>The endpoint refused several pictures in one request.</summary>
    public void LearnOnePicture() => _takesOnePicture = true;

    /// <summary>The endpoint took a simpler format, but did not say that the other was the trouble.</summary>
    public void DoubtFormat() => _isFormatInDoubt = true;

    public void Confirm(RequestShape accepted, StructuredOutput wish)
    {
        // What the user decided says nothing about what the endpoint can.
        _shape = wish == StructuredOutput.Auto ? accepted : accepted with { Format = _shape.Format };
        _isConfirmed = true;
    }

    /// <summary>For the status; empty before the first answer.</summary>
    public IReadOnlyList<string> Describe()
    {
        if (!_isConfirmed)
        {
            return [];
        }

        var shape = _shape;
        List<string> words =
        [
            shape.Format switch
            {
                ReplyFormat.JsonSchema => "json_schema",
                ReplyFormat.JsonObject => "json_object",
                _ => "plain text",
            },
            shape.IsNewTokenField ? "max_completion_tokens" : "max_tokens",
        ];
        if (!shape.HasLogprobs)
        {
            words.Add("no logprobs");
        }

        if (!shape.HasTemperature)
        {
            words.Add("no temperature");
        }

        if (_takesOnePicture)
        {
            words.Add("one picture per request");
        }

        return words;
    }
}

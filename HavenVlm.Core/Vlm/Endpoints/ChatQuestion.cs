using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>A request as it is meant, before it takes the form that one endpoint understands.</summary>
internal sealed record ChatQuestion
{
    /// <summary>Model name for endpoints without their own.</summary>
    public required string Model { get; init; }

    /// <summary>What stays the same from request to request, first in the message so that servers can keep it prepared.</summary>
    public required string Instructions { get; init; }

    /// <summary>The pictures in order.</summary>
    public required IReadOnlyList<VlmPicture> Pictures { get; init; }

    /// <summary>JSON schema of the reply.</summary>
    public required JsonNode Schema { get; init; }

    /// <summary>Sampling temperature.</summary>
    public double Temperature { get; init; }

    /// <summary>Token budget of the whole reply.</summary>
    public int MaxTokens { get; init; } = 512;

    /// <summary>Whether the reply is asked for by the schema.</summary>
    public StructuredOutput StructuredOutput { get; init; }

    /// <summary>Whether the probabilities of the reply's tokens are wanted.</summary>
    public bool Logprobs { get; init; }

    /// <summary>Provider parameters for every endpoint.</summary>
    public JsonObject ExtraBody { get; init; } = [];
}

namespace HavenVlm.Simulation.Vlm;

/// <summary>What a server refuses although it is a well-formed request.</summary>
internal static class RequestRules
{
    /// <summary>Checks a request against what the server can do.</summary>
    /// <exception cref="ChatRequestException">The server cannot do that.</exception>
    public static void Check(ChatRequest request, VlmBehavior behavior)
    {
        if (!behavior.TakesAnyModel && !behavior.Models.Contains(request.Model, StringComparer.Ordinal))
        {
            throw new ChatRequestException(
                404,
                "model_not_found",
                $"The model `{request.Model}` does not exist or you do not have access to it."
            );
        }

        if (behavior.RejectedParameters.FirstOrDefault(request.Parameters.Contains) is { } rejected)
        {
            var instead = rejected.Equals("max_tokens", StringComparison.Ordinal) ? " Use 'max_completion_tokens' instead." : "";
            throw Bad("unsupported_parameter", $"Unsupported parameter: '{rejected}' is not supported with this model.{instead}");
        }

        CheckFormat(request.ResponseFormat, behavior.Replies);
        if (request.Pictures.Count > behavior.MaxPictures)
        {
            throw Bad(
                "context_length_exceeded",
                $"This model takes at most {behavior.MaxPictures} pictures in one prompt; the request has {request.Pictures.Count}."
            );
        }
    }

    private static void CheckFormat(string format, ReplyStyle style)
    {
        switch (style, format)
        {
            case (_, "" or "text"):
                return;
            case (ReplyStyle.NoResponseFormat, _):
                throw Bad("invalid_request_error", "'response_format' is not supported by this server");
            case (ReplyStyle.JsonObjectOnly, "json_schema"):
                throw Bad("invalid_request_error", "'response_format.type' must be 'text' or 'json_object'");
            case (ReplyStyle.ReasoningContent, "json_object"):
                throw Bad("invalid_request_error", "'response_format.type' must be 'json_schema' or 'text'");
            case (_, not ("json_object" or "json_schema")):
                throw Bad("invalid_request_error", $"'response_format.type' has the unknown value '{format}'");
            default:
                return;
        }
    }

    private static ChatRequestException Bad(string code, string message) => new(400, code, message);
}

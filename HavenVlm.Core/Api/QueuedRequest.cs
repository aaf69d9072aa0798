using System.Buffers.Text;
using System.Text;

namespace HavenVlm.Core.Api;

/// <summary>A message of the request queue. Scenes, or <c>sweep</c>; what else a request over HTTP can say is said in the same words.</summary>
public sealed record QueuedRequest
{
    /// <summary>Stash's ids of scenes.</summary>
    public IReadOnlyList<string>? SceneIds { get; init; }

    /// <summary>Name of a saved filter of Stash; not together with ids.</summary>
    public string? Filter { get; init; }

    /// <summary>Rebuilds with today's settings instead of analyzing.</summary>
    public bool Update { get; init; }

    /// <summary>Starts a new log and asks everything again.</summary>
    public bool Force { get; init; }

    /// <summary>Looks for request tags, as the timer does; nothing else is read then.</summary>
    public bool Sweep { get; init; }

    /// <summary>The message that makes a sweep due.</summary>
    internal const string SweepMessage = """{"sweep":true}""";

    /// <summary>Reads a message, plain or in base64, as programs that write to queues do either.</summary>
    /// <exception cref="ApiException">It is not understood, or asks for nothing.</exception>
    internal static QueuedRequest Parse(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message.Trim());
        if (bytes is not [(byte)'{', ..] && Base64.IsValid(bytes))
        {
            bytes = Convert.FromBase64String(message.Trim());
        }

        var request = ApiBody.Parse<QueuedRequest>(bytes, allowsUnknown: false);
        var asks = request.Sweep || request.SceneIds is { Count: > 0 } || !string.IsNullOrWhiteSpace(request.Filter);
        return asks
            ? request
            : throw new ApiException(
                400,
                "The message has no request",
                """Put {"sceneIds":["1"]} there, {"filter":"NAME"}, or {"sweep":true}."""
            );
    }

    /// <summary>The same as it is said over HTTP.</summary>
    internal TagScenesRequest ToScenes() =>
        new()
        {
            SceneIds = SceneIds,
            Filter = Filter,
            Force = Force,
        };
}

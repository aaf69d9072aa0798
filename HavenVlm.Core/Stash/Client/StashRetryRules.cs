using System.Collections.Frozen;

namespace HavenVlm.Core.Stash.Client;

/// <summary>Which requests may be sent again after a failure.</summary>
internal static class StashRetryRules
{
    // Changes that leave the same state however often they are carried out: tags added or removed by id, values set to what they are to be.
    // What creates, destroys or starts a job is not among them, nor will be what nobody thought about.
    private static readonly FrozenSet<string> RepeatableMutations = FrozenSet.Create(
        StringComparer.Ordinal,
        "UpdateGalleries",
        "UpdateImages",
        "UpdateMarker",
        "UpdateMarkers",
        "UpdateScenes"
    );

    /// <summary>Whether every call of a request may be carried out twice; one that may not decides for the whole batch.</summary>
    public static bool IsRepeatable(IEnumerable<GraphQlCall> calls) =>
        calls.All(call => !call.Document.IsMutation || RepeatableMutations.Contains(call.Document.Name));

    /// <summary>Whether a failure may be gone in a moment, and the request certainly or harmlessly has not happened.</summary>
    public static bool MayRepeat(StashUnavailableException failure, bool isRepeatable) =>
        failure.Kind is StashErrorKind.Unreachable or StashErrorKind.ServerError or StashErrorKind.BrokenReply
        && (isRepeatable || failure.WasNeverSent);
}

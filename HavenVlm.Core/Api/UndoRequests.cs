using System.Globalization;
using System.Security.Cryptography;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Undoing;

namespace HavenVlm.Core.Api;

/// <summary>Body of <c>POST /api/undo</c>: either what to undo, or all.</summary>
public sealed record UndoRequest
{
    /// <summary>Stash's ids of scenes.</summary>
    public IReadOnlyList<string>? SceneIds { get; init; }

    /// <summary>Stash's ids of images.</summary>
    public IReadOnlyList<string>? ImageIds { get; init; }

    /// <summary>Everything that was ever written, and then the tags that were made for it and that nothing uses.</summary>
    public bool All { get; init; }

    /// <summary>Changes nothing; the output lists what would be removed.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Turns calls into undo instances.</summary>
internal sealed class UndoRequests(UndoStore store, IOrchestrationClient client, TimeProvider time)
{
    /// <summary>Starts one, or joins the same one when it was stopped or still runs: its report is about the whole. Returns its instance id.</summary>
    /// <exception cref="ApiException">The request names nothing, too much, or what is no id.</exception>
    public async Task<string> StartAsync(UndoRequest body, CancellationToken cancellationToken)
    {
        var scenes = RequestIds.Scenes(body.SceneIds, "sceneIds");
        var images = RequestIds.Images(body.ImageIds, "imageIds");
        var isNamed = scenes.Count + images.Count > 0;
        if (isNamed == body.All)
        {
            throw body.All
                ? new ApiException(400, "Two selections", "Send either all or ids, not both.")
                : new ApiException(
                    400,
                    "Nothing to undo is named",
                    "Send {\"sceneIds\":[\"12\"]}, {\"imageIds\":[\"7\"]} or {\"all\":true} for everything that Haven VLM ever wrote; \"dryRun\":true shows it first."
                );
        }

        var token =
            time.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)
            + "-"
            + RandomNumberGenerator.GetHexString(6, lowercase: true);
        var id = WorkflowNames.UndoPrefix + token;
        var request = new UndoSelection
        {
            All = body.All,
            DryRun = body.DryRun,
            Subjects = [.. scenes.Select(id => PublicationSubject.Scene(id)), .. images.Select(id => PublicationSubject.Image(id))],
        };
        await foreach (var active in client.ListActiveAsync(WorkflowNames.UndoPrefix, cancellationToken))
        {
            if (
                active.RuntimeStatus is not RuntimeStatus.Suspended
                && request.IsSame(await store.FindSelectionAsync(active.InstanceId, cancellationToken))
            )
            {
                return active.InstanceId;
            }
        }

        await store.WriteSelectionAsync(id, request, cancellationToken);
        await client.StartAsync(WorkflowNames.Undo, id, new UndoInput(body.All, body.DryRun), cancellationToken);
        return id;
    }
}

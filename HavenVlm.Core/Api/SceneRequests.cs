using System.Globalization;
using System.Security.Cryptography;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Core.Api;

/// <summary>Turns calls into requests for scenes.</summary>
internal sealed class SceneRequests(RequestStore requests, IOrchestrationClient client, TimeProvider time)
{
    /// <summary>Starts a request; returns its instance id.</summary>
    /// <exception cref="ApiException">The request contradicts itself.</exception>
    public async Task<string> StartAsync(TagScenesRequest body, bool update, CancellationToken cancellationToken)
    {
        var request = Read(body, update);
        var id = NewId();
        await requests.WriteRequestAsync(id, request, cancellationToken);
        await client.StartAsync(WorkflowNames.TagScenes, id, new TagScenesInput(), cancellationToken);
        return id;
    }

    /// <summary>Starts a request that has a name of its own, once, however often it comes.</summary>
    /// <param name="body">The request.</param>
    /// <param name="update">Whether scenes are rebuilt.</param>
    /// <param name="key">Its name; null = none, then it is a new one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ApiException">The request contradicts itself.</exception>
    public async Task StartAsync(TagScenesRequest body, bool update, string? key, CancellationToken cancellationToken)
    {
        if (key is null || !key.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            await StartAsync(body, update, cancellationToken);
            return;
        }

        var id = $"{WorkflowNames.RequestPrefix}queue-{key.ToLowerInvariant()}";
        await requests.WriteRequestAsync(id, Read(body, update), cancellationToken);
        if (await client.GetAsync(id, withInput: false, cancellationToken) is null)
        {
            await client.StartAsync(WorkflowNames.TagScenes, id, new TagScenesInput(), cancellationToken);
        }
    }

    private SceneRequest Read(TagScenesRequest body, bool update)
    {
        var ids = RequestIds.Scenes(body.SceneIds, "sceneIds");
        var filter = body.Filter?.Trim() ?? "";
        if (ids.Count > 0 && filter.Length > 0)
        {
            throw new ApiException(400, "Two selections", "Send either sceneIds or filter, not both.");
        }

        return new SceneRequest
        {
            Selection = Selection(ids, filter, update),
            SceneIds = ids,
            Filter = filter,
            ForceToken = body.Force ? NewToken() : "",
            DryRun = body.DryRun,
            Reset = body.Reset,
        };
    }

    private static SceneSelection Selection(IReadOnlyList<SceneId> ids, string filter, bool update)
    {
        if (ids.Count > 0)
        {
            return SceneSelection.Named;
        }

        if (filter.Length > 0)
        {
            return SceneSelection.Filter;
        }

        return update ? SceneSelection.UpdateMe : SceneSelection.TagMe;
    }

    private string NewId() => $"{WorkflowNames.RequestPrefix}{NewToken()}";

    private string NewToken() =>
        time.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)
        + "-"
        + RandomNumberGenerator.GetHexString(6, lowercase: true);
}

namespace HavenVlm.Core.Api;

/// <summary>Body of <c>POST /api/scenes/tag</c> and <c>/api/scenes/update</c>; empty = all that carry the request tag.</summary>
public sealed record TagScenesRequest
{
    /// <summary>Stash's ids of scenes.</summary>
    public IReadOnlyList<string>? SceneIds { get; init; }

    /// <summary>Name of a saved filter of Stash; not together with ids.</summary>
    public string? Filter { get; init; }

    /// <summary>Starts a new log and asks everything again.</summary>
    public bool Force { get; init; }

    /// <summary>Writes nothing to Stash; the output lists what would be written.</summary>
    public bool DryRun { get; init; }

    /// <summary>Forgets which markers and tags the user deleted, so that they may be written again.</summary>
    public bool Reset { get; init; }
}

/// <summary>Body of <c>POST /api/marker-settings</c>.</summary>
public sealed record MarkerSettingsRequest
{
    /// <summary>Stash's id of the scene; left out = the one with VLM_TuneMe, else the one with VLM_TagMe.</summary>
    public string? SceneId { get; init; }
}

/// <summary>Body of every 202: where to look and how to control, named as Durable Functions names them.</summary>
public sealed record StartedResponse
{
    /// <summary>Id of the instance that was started or joined, such as <c>scene-12</c>.</summary>
    public required string Id { get; init; }

    /// <summary>GET: the status of the instance.</summary>
    public required string StatusQueryGetUri { get; init; }

    /// <summary>POST: ends the instance.</summary>
    public required string TerminatePostUri { get; init; }

    /// <summary>POST: suspends the instance.</summary>
    public required string SuspendPostUri { get; init; }

    /// <summary>POST: resumes the instance.</summary>
    public required string ResumePostUri { get; init; }

    /// <summary>Starts it again after it ended.</summary>
    public required string RetryPostUri { get; init; }

    /// <summary>Forgets it after it ended.</summary>
    public required string PurgeHistoryDeleteUri { get; init; }
}

/// <summary>RFC 9457 problem details.</summary>
public sealed record Problem
{
    /// <summary>Kind of problem, a URI reference.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>Short summary.</summary>
    public required string Title { get; init; }

    /// <summary>HTTP status code, the same as that of the response.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong with this request and how to fix it.</summary>
    public required string Detail { get; init; }
}

/// <summary>Body of what a Stash hook is given; everything else in it is ignored.</summary>
public sealed record HookRequest
{
    /// <summary>The part under <c>args</c>.</summary>
    public HookArguments? Args { get; init; }

    /// <summary>The context itself, when only that is sent.</summary>
    public HookContext? HookContext { get; init; }
}

/// <summary>Body of <c>POST /api/stash/hook</c>: what Stash gives a plugin hook.</summary>
public sealed record HookArguments
{
    /// <summary>What the user changed in Stash; null in calls without it.</summary>
    public HookContext? HookContext { get; init; }
}

/// <summary>What happened in Stash.</summary>
public sealed record HookContext
{
    /// <summary>For example <c>Scene.Update.Post</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary>Names of the fields that the caller set.</summary>
    public IReadOnlyList<string>? InputFields { get; init; }
}

/// <summary>Whether the change makes a sweep due.</summary>
/// <param name="Accepted">Whether a sweep was made due.</param>
public sealed record HookResponse(bool Accepted);

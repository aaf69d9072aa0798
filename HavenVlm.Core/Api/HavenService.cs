using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Running;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Sweeping;

namespace HavenVlm.Core.Api;

/// <summary>What the HTTP API, the timers and the command line of both hosts call.</summary>
public sealed class HavenService
{
    private readonly IOrchestrationClient _client;
    private readonly SceneRequests _sceneRequests;
    private readonly ImageRequests _imageRequests;
    private readonly UndoRequests _undoRequests;
    private readonly CollectRequests _collectRequests;
    private readonly InstanceControl _control;
    private readonly SweepMark _sweepMark;
    private readonly RequestedScenes _requested;
    private readonly NewRequests _newRequests;
    private readonly LiveProgress _live;
    private readonly MarkerSettingsRequests _markerSettings;

    internal HavenService(
        IOrchestrationClient client,
        SceneRequests sceneRequests,
        ImageRequests imageRequests,
        UndoRequests undoRequests,
        CollectRequests collectRequests,
        InstanceControl control,
        SweepMark sweepMark,
        RequestedScenes requested,
        NewRequests newRequests,
        LiveProgress live,
        SceneViews scenes,
        SceneSettings sceneSettings,
        MarkerSettingsRequests markerSettings,
        EndpointControl endpoints,
        StatusReport status,
        SettingsSource settings
    )
    {
        _client = client;
        _sceneRequests = sceneRequests;
        _imageRequests = imageRequests;
        _undoRequests = undoRequests;
        _collectRequests = collectRequests;
        _control = control;
        _sweepMark = sweepMark;
        _requested = requested;
        _newRequests = newRequests;
        _live = live;
        Scenes = scenes;
        SceneSettings = sceneSettings;
        _markerSettings = markerSettings;
        Endpoints = endpoints;
        Status = status;
        Settings = settings;
    }

    /// <summary>Where requests wait; null = this host has no queue.</summary>
    internal IPendingRequests? Queue { get; init; }

    internal SceneViews Scenes { get; }

    internal SceneSettings SceneSettings { get; }

    internal EndpointControl Endpoints { get; }

    internal StatusReport Status { get; }

    internal SettingsSource Settings { get; }

    /// <summary>What keeps work from going on, from what this process saw last; asks nobody.</summary>
    public IReadOnlyList<StatusProblem> FindProblems() => Status.FindProblems();

    /// <summary>Brings back what users set at run time, such as paused endpoints. Hosts call it once before they serve.</summary>
    public Task InitializeAsync(CancellationToken cancellationToken) => Endpoints.RestoreAsync(cancellationToken);

    /// <summary>Makes the tag family in Stash, so that users find the tags with which they ask for work.</summary>
    /// <exception cref="PermanentFailureException">Stash refuses; the message says what to mend.</exception>
    public Task PrepareStashAsync(CancellationToken cancellationToken) => _requested.PrepareAsync(cancellationToken);

    /// <summary>Starts a request for scenes; returns the id of its instance.</summary>
    public Task<string> StartScenesAsync(TagScenesRequest request, bool update, CancellationToken cancellationToken) =>
        _sceneRequests.StartAsync(request, update, cancellationToken);

    /// <summary>Starts finding marker settings from a scene whose markers the user put right; returns the id of its instance.</summary>
    public Task<string> StartMarkerSettingsAsync(MarkerSettingsRequest request, CancellationToken cancellationToken) =>
        _markerSettings.StartAsync(request, cancellationToken);

    /// <summary>What such an instance came to; null = it has not ended well (yet).</summary>
    public Task<Markers.Tuning.MarkerSettingsResult?> GetMarkerSettingsAsync(string instanceId, CancellationToken cancellationToken) =>
        _markerSettings.ResultAsync(instanceId, cancellationToken);

    /// <summary>Starts a request for images; returns the id of its instance.</summary>
    public Task<string> StartImagesAsync(TagImagesRequest request, CancellationToken cancellationToken) =>
        _imageRequests.StartAsync(request, cancellationToken);

    /// <summary>Starts to export what is marked as incorrect, or joins the export that runs; returns the id of its instance.</summary>
    public Task<string> StartCollectAsync(CollectRequest request, CancellationToken cancellationToken) =>
        _collectRequests.StartAsync(request, cancellationToken);

    /// <summary>Starts to take back what was written to Stash; returns the id of its instance.</summary>
    public Task<string> StartUndoAsync(UndoRequest request, CancellationToken cancellationToken) =>
        _undoRequests.StartAsync(request, cancellationToken);

    /// <summary>Makes a sweep due and sees that one runs; returns the id of its instance.</summary>
    public async Task<string> SweepAsync(CancellationToken cancellationToken)
    {
        await _sweepMark.SetAsync(cancellationToken);
        return WorkflowNames.SweepInstance;
    }

    /// <summary>Sees to it that a sweep becomes due, through the queue where there is one: whoever asks does not wait for more.</summary>
    internal Task SweepSoonAsync(CancellationToken cancellationToken) =>
        Queue is null ? SweepAsync(cancellationToken) : Queue.SendAsync(QueuedRequest.SweepMessage, cancellationToken);

    /// <summary>Does what a message of the request queue asks for; the same message again starts nothing twice.</summary>
    /// <param name="message">See <see cref="QueuedRequest"/>.</param>
    /// <param name="messageId">The queue's id of the message; null = unknown.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">It is not understood; what is wrong is in the exception's message.</exception>
    public async Task TakeAsync(string message, string? messageId, CancellationToken cancellationToken)
    {
        try
        {
            var request = QueuedRequest.Parse(message);
            if (request.Sweep)
            {
                await SweepAsync(cancellationToken);
                return;
            }

            await _sceneRequests.StartAsync(request.ToScenes(), request.Update, messageId, cancellationToken);
        }
        catch (ApiException e)
        {
            throw new FormatException($"{e.Title}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Makes a sweep due when something carries a request tag that no request holds, or when a sweep became due that did not run. One small
    /// request to Stash while nothing is tagged.
    /// </summary>
    /// <returns>Whether a sweep was made due.</returns>
    public async Task<bool> WatchAsync(CancellationToken cancellationToken)
    {
        var sweep = await _client.GetAsync(WorkflowNames.SweepInstance, withInput: false, cancellationToken);
        if (
            sweep is { HasEnded: false }
            || (!await _sweepMark.IsSetAsync(cancellationToken) && !await _newRequests.IsAnyAsync(cancellationToken))
        )
        {
            return false;
        }

        await _sweepMark.SetAsync(cancellationToken);
        return true;
    }

    /// <summary>State of an instance with live progress, or null.</summary>
    public async Task<InstanceResponse?> GetInstanceAsync(string instanceId, bool withInput, CancellationToken cancellationToken) =>
        await _client.GetAsync(instanceId, withInput, cancellationToken) is { } instance ? InstanceResponse.From(instance, _live) : null;

    /// <summary>Ends an instance, and the scenes that it started.</summary>
    /// <returns>False when there is none or it has ended.</returns>
    public Task<bool> TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        WithActiveAsync(instanceId, i => _control.TerminateAsync(i, reason, cancellationToken), cancellationToken);

    internal Task<bool> SuspendAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        WithActiveAsync(instanceId, i => _control.SuspendAsync(i, reason, cancellationToken), cancellationToken);

    internal Task<bool> ResumeAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        WithActiveAsync(instanceId, i => _control.ResumeAsync(i, reason, cancellationToken), cancellationToken);

    internal async Task<bool> RetryAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        await _client.GetAsync(instanceId, withInput: true, cancellationToken) is { HasEnded: true } instance
        && await _control.RetryAsync(instance, reason, cancellationToken);

    internal async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken) =>
        await _client.GetAsync(instanceId, withInput: false, cancellationToken) is { } instance
        && await _control.PurgeAsync(instance, cancellationToken);

    internal async Task<(IReadOnlyList<InstanceResponse> Instances, string? Continuation)> ListAsync(
        InstanceQuery query,
        CancellationToken cancellationToken
    )
    {
        var page = await _client.ListAsync(query, cancellationToken);
        return ([.. page.Instances.Select(i => InstanceResponse.From(i, _live))], page.Continuation);
    }

    private async Task<bool> WithActiveAsync(
        string instanceId,
        Func<OrchestrationInstance, Task> action,
        CancellationToken cancellationToken
    )
    {
        var instance = await _client.GetAsync(instanceId, withInput: false, cancellationToken);
        if (instance is null or { HasEnded: true })
        {
            return false;
        }

        await action(instance);
        return true;
    }
}

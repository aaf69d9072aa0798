using HavenVlm.Core.Api;
using HavenVlm.Core.Markers.Tuning;

namespace HavenVlm.Local.Sessions;

/// <summary>Where a command has its work done: by a running server, or by this process.</summary>
internal interface IHavenSession : IAsyncDisposable
{
    /// <summary>Said to the user when the command ends because the work cannot go on now: what becomes of it.</summary>
    string WhenStuck { get; }

    /// <summary>Said to the user when the command is stopped before the work has ended.</summary>
    string WhenInterrupted { get; }

    /// <summary>Starts a request for scenes; returns the id of its instance.</summary>
    Task<string> StartScenesAsync(TagScenesRequest request, bool update, CancellationToken cancellationToken);

    /// <summary>Starts a request for images; returns the id of its instance.</summary>
    Task<string> StartImagesAsync(TagImagesRequest request, CancellationToken cancellationToken);

    /// <summary>Starts to export what is marked as incorrect; returns the id of its instance.</summary>
    Task<string> StartCollectAsync(CollectRequest request, CancellationToken cancellationToken);

    /// <summary>Starts to take back what was written to Stash; returns the id of its instance.</summary>
    Task<string> StartUndoAsync(UndoRequest request, CancellationToken cancellationToken);

    /// <summary>Makes a sweep due; returns the id of its instance.</summary>
    Task<string> SweepAsync(CancellationToken cancellationToken);

    /// <summary>Starts finding marker settings; returns the id of its instance.</summary>
    Task<string> StartMarkerSettingsAsync(MarkerSettingsRequest request, CancellationToken cancellationToken);

    /// <summary>What finding marker settings came to, or null.</summary>
    Task<MarkerSettingsResult?> GetMarkerSettingsAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>What keeps work from going on at present; empty = nothing that is known.</summary>
    Task<IReadOnlyList<StatusProblem>> FindProblemsAsync(CancellationToken cancellationToken);

    /// <summary>State of an instance, or null.</summary>
    Task<InstanceResponse?> GetAsync(string instanceId, CancellationToken cancellationToken);
}

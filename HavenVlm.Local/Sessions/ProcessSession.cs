using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers.Tuning;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;
using HavenVlm.Local.Hosting;

namespace HavenVlm.Local.Sessions;

/// <summary>Does the work in this process, which holds the data folder meanwhile.</summary>
internal sealed class ProcessSession : IHavenSession
{
    private readonly DataFolderLock _folder;
    private readonly ServiceProvider _services;

    private ProcessSession(DataFolderLock folder, ServiceProvider services)
    {
        _folder = folder;
        _services = services;
    }

    /// <inheritdoc/>
    public string WhenStuck => "The work is queued: the next `haven` command or `haven serve` continues it.";

    /// <inheritdoc/>
    public string WhenInterrupted => "Stopped. Answers are kept; the next run continues here.";

    /// <summary>Takes the data folder and starts the engine.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="log">Takes log lines, warnings and worse.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="DataFolderInUseException">Another process works on the data folder.</exception>
    /// <exception cref="JournalException">The journal cannot be used.</exception>
    public static async Task<ProcessSession> OpenAsync(
        HavenOptions options,
        Action<string> log,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var folder = await DataFolderLock.AcquireAsync(options.Storage.DataDir, time, cancellationToken);
        var services = new ServiceCollection()
            .AddHavenLocal(new SettingsSource(options), folder, log, LogLevel.Warning, time)
            .BuildServiceProvider();
        var session = new ProcessSession(folder, services);
        try
        {
            await services.GetRequiredService<EmbeddedEngine>().StartAsync(cancellationToken);
            await session.Get<EndpointControl>().RestoreAsync(cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<string> StartScenesAsync(TagScenesRequest request, bool update, CancellationToken cancellationToken) =>
        Get<SceneRequests>().StartAsync(request, update, cancellationToken);

    /// <inheritdoc/>
    public Task<string> StartImagesAsync(TagImagesRequest request, CancellationToken cancellationToken) =>
        Get<ImageRequests>().StartAsync(request, cancellationToken);

    /// <inheritdoc/>
    public Task<string> StartCollectAsync(CollectRequest request, CancellationToken cancellationToken) =>
        Get<CollectRequests>().StartAsync(request, cancellationToken);

    /// <inheritdoc/>
    public Task<string> StartUndoAsync(UndoRequest request, CancellationToken cancellationToken) =>
        Get<UndoRequests>().StartAsync(request, cancellationToken);

    /// <inheritdoc/>
    public Task<string> SweepAsync(CancellationToken cancellationToken) => Get<SweepRequests>().StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<string> StartMarkerSettingsAsync(MarkerSettingsRequest request, CancellationToken cancellationToken) =>
        Get<MarkerSettingsRequests>().StartAsync(request, cancellationToken);

    /// <inheritdoc/>
    public Task<MarkerSettingsResult?> GetMarkerSettingsAsync(string instanceId, CancellationToken cancellationToken) =>
        Get<MarkerSettingsRequests>().ResultAsync(instanceId, cancellationToken);

    /// <inheritdoc/>
    public Task<InstanceResponse?> GetAsync(string instanceId, CancellationToken cancellationToken) =>
        Get<InstanceViews>().GetAsync(instanceId, withInput: false, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StatusProblem>> FindProblemsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Get<StatusProblems>().Find());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The engine first: what it stops still needs the other services.
        await _services.GetRequiredService<EmbeddedEngine>().StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();
}

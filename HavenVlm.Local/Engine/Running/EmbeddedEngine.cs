using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Local.Engine.Running;

/// <summary>
/// A durable engine in one process: orchestrations in the semantics of the Durable Task Framework, journalled in SQLite.
/// For one machine; the lock on the data folder is what makes it the only writer.
/// </summary>
public sealed class EmbeddedEngine : IOrchestrationClient, IAsyncDisposable
{
    // Together with what SQLite may take to close less than 5 seconds.
    private static readonly TimeSpan ActivityStopTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TurnStopTimeout = TimeSpan.FromSeconds(0.5);

    private readonly JournalFile _file;
    private readonly JournalWriter _journal;
    private readonly JournalReader _reader;
    private readonly InstanceReader _instances;
    private readonly RunTable _table;
    private readonly TimerQueue _timers;
    private readonly ActivityDispatcher _activities;
    private readonly TurnRunner _turns;
    private readonly ExpiredInstances _expired;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private volatile State _state = State.Created;
    private bool _isDisposed;

    /// <summary>Creates an engine that does nothing until <see cref="StartAsync(CancellationToken)"/>.</summary>
    /// <param name="catalog">Everything that can be run.</param>
    /// <param name="services">Where activities come from; each call has a scope of its own.</param>
    /// <param name="dataFolder">The locked folder of the journal; must be kept locked for as long as the engine runs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">How it works.</param>
    /// <param name="logger">Where it logs.</param>
    public EmbeddedEngine(
        WorkflowCatalog catalog,
        IServiceProvider services,
        DataFolderLock dataFolder,
        TimeProvider time,
        EngineOptions options,
        ILogger<EmbeddedEngine> logger
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentActivities, 1, nameof(options));
        _time = time;
        _logger = logger;
        _file = new JournalFile(dataFolder.Folder);
        _journal = new JournalWriter(_file, time, logger);
        _reader = new JournalReader(_file);
        _instances = new InstanceReader(_file);
        _table = new RunTable(options.MaxLiveInstances);
        _timers = new TimerQueue(time, OnTimerDue);
        _activities = new ActivityDispatcher(catalog, services, options.MaxConcurrentActivities, OnActivityCompletedAsync, time, logger);
        var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var loader = new RunLoader(catalog, _reader, loggers);
        _turns = new TurnRunner(
            loader,
            _table,
            _journal,
            _activities,
            _timers,
            time,
            OnChanged,
            logger,
            options.EndsWaitsAtStart ? time.GetUtcNow() : null
        );
        _expired = new ExpiredInstances(_journal, _instances, options, time, OnControlled, logger);
    }

    private enum State
    {
        Created,
        Running,
        Stopped,
    }

    /// <summary>
    /// Raised with an instance's id after its status, custom status or output changed or it was forgotten, once that is on disk.
    /// Handlers must be quick: nothing is written meanwhile.
    /// </summary>
    public event Action<string>? Changed;

    /// <summary>Why nothing can be written at present and so nothing goes on; null = all is well.</summary>
    public string? Fault => _journal.Fault?.Message;

    /// <summary>How many instances have their orchestrators in memory.</summary>
    internal int LiveInstances => _table.Count;

    /// <summary>How many timers are to come due.</summary>
    internal int WaitingTimers => _timers.Count;

    /// <summary>Lets every wait come due now: what was waited for may have changed.</summary>
    public void EndWaits() => _timers.FireAll();

    /// <summary>Opens the journal, takes up what was running when the last process ended, and runs.</summary>
    /// <exception cref="JournalException">The journal cannot be used; the message says why and what to do.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(cancellationToken);
        try
        {
            if (_state != State.Created)
            {
                throw new InvalidOperationException("The engine was started before.");
            }

            if (_file.Prepare(JournalSchema.Migrations, _time.GetUtcNow()))
            {
                _logger.LogWarning(
                    "The journal {File} was empty: what was running and what had ended is forgotten. Answers and what is in Stash are not affected, and what still carries a request tag is found again",
                    _file.FullPath
                );
            }

            var active = _reader.ReadActiveRuns();
            _journal.Start();
            _activities.Start();
            foreach (var run in active)
            {
                _table.Wake(run);
            }

            _turns.Start(Math.Clamp(Environment.ProcessorCount, 2, 8));
            _expired.Start();
            _state = State.Running;
            if (active.Count > 0)
            {
                _logger.LogInformation("{Count} instances go on where they were", active.Count);
            }
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>
    /// Stops within 5 seconds. Activities are cancelled; those that did not finish run again after the next start, their failures
    /// do not count.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(cancellationToken);
        try
        {
            if (_state == State.Running)
            {
                await _expired.DisposeAsync();
                await _timers.DisposeAsync();
                if (!await _activities.StopAsync(ActivityStopTimeout))
                {
                    _logger.LogWarning("Some activities did not stop in time; they run again after the next start");
                }

                if (!await _turns.StopAsync(TurnStopTimeout))
                {
                    _logger.LogError("An orchestrator blocks its thread; what it waits for belongs into an activity");
                }

                await _journal.DisposeAsync();
                _file.Close();
            }

            _state = State.Stopped;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <inheritdoc cref="StopAsync"/>
    public async ValueTask DisposeAsync()
    {
        // Registered as itself and as the client, it is disposed twice by its container.
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await StopAsync(CancellationToken.None);
        _activities.Dispose();
        _turns.Dispose();
        _lifecycle.Dispose();
    }

    /// <inheritdoc/>
    public Task<bool> StartAsync(string name, string instanceId, object? input, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var json = input is null ? null : JsonSerializer.Serialize(input, input.GetType(), HavenJson.Options);
        return WriteAsync(new StartEntry(name, instanceId, json, OnControlled), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<OrchestrationInstance?> GetAsync(string instanceId, bool withInput, CancellationToken cancellationToken) =>
        ReadAsync(() => _instances.Get(instanceId, withInput), cancellationToken);

    /// <inheritdoc/>
    public Task<InstancePage> ListAsync(InstanceQuery query, CancellationToken cancellationToken) =>
        ReadAsync(() => _instances.List(query), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Here running activities of the instance are cancelled as well.</remarks>
    public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        WriteAsync(new TerminateEntry(instanceId, reason, OnControlled), cancellationToken);

    /// <inheritdoc/>
    public Task SuspendAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        WriteAsync(new HoldEntry(instanceId, hold: true, reason, OnControlled), cancellationToken);

    /// <inheritdoc/>
    public Task ResumeAsync(string instanceId, string reason, CancellationToken cancellationToken) =>
        WriteAsync(new HoldEntry(instanceId, hold: false, reason, OnControlled), cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> RetryAsync(string instanceId, string reason, CancellationToken cancellationToken)
    {
        var isRetried = await WriteAsync(new RetryEntry(instanceId, OnControlled), cancellationToken);
        if (isRetried)
        {
            _logger.LogInformation("{Instance} is started again: {Reason}", instanceId, reason);
        }

        return isRetried;
    }

    /// <inheritdoc/>
    public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken) =>
        WriteAsync(new PurgeEntry(instanceId, OnControlled), cancellationToken);

    /// <summary>How many activities are queued or running.</summary>
    internal int OpenActivities => _activities.Count;

    /// <summary>The history of an instance's current run, while it is kept.</summary>
    internal IReadOnlyList<HistoryEvent> ReadHistory(string instanceId) => _reader.ReadHistory(instanceId);

    private async Task<bool> WriteAsync(ControlEntry entry, CancellationToken cancellationToken)
    {
        EnsureRunning();
        cancellationToken.ThrowIfCancellationRequested();
        _journal.Post(entry);
        return await entry.Done.WaitAsync(cancellationToken);
    }

    private Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        EnsureRunning();
        cancellationToken.ThrowIfCancellationRequested();
        // SQLite reads synchronously; these are short and indexed.
        try
        {
            return Task.FromResult(read());
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }

    private void EnsureRunning()
    {
        if (_state != State.Running)
        {
            throw new InvalidOperationException(_state == State.Created ? "The engine is not started." : "The engine is stopped.");
        }
    }

    private void OnTimerDue(TimerKey timer, DateTimeOffset due)
    {
        var fired = new HistoryEvent(HistoryEventKind.TimerFired, _time.GetUtcNow()) { Task = timer.Task, Due = due };
        _journal.Post(new CompletionEntry(timer.Run, fired, OnCompletionWritten));
    }

    private Task OnActivityCompletedAsync(ActivityCall call, HistoryEvent completion)
    {
        var entry = new CompletionEntry(call.Run, completion, OnCompletionWritten);
        _journal.Post(entry);
        return entry.Written;
    }

    private void OnCompletionWritten(CompletionEntry entry)
    {
        if (entry is { InstanceId: not null, Event: { } completion })
        {
            _table.Deliver(entry.Run, completion);
        }
    }

    private void OnControlled(ControlEntry entry)
    {
        if (!entry.Changed)
        {
            return;
        }

        if (entry.EndedRun is { } ended)
        {
            _turns.End(ended);
        }

        if (entry.WokenRun is { } woken)
        {
            if (entry.Event is { } e)
            {
                _table.Deliver(woken, e);
            }
            else
            {
                _table.Wake(woken);
            }
        }

        if (entry.InstanceId is { } instanceId)
        {
            OnChanged(instanceId);
        }
    }

    private void OnChanged(string instanceId)
    {
        try
        {
            Changed?.Invoke(instanceId);
        }
        catch (Exception e)
        {
            _logger.LogError(e, "A listener to changes of {Instance} failed", instanceId);
        }
    }
}

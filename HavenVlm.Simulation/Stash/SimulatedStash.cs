using System.Net;
using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.Http;
using HavenVlm.Simulation.Stash.Plugins;
using HavenVlm.Simulation.Stash.Resolvers;
using HavenVlm.Simulation.Stash.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Simulation.Stash;

/// <summary>
/// A Stash for the demo and the tests: real HTTP on 127.0.0.1, the schema and the behavior of one version, everything in memory. What the
/// schema of that version lacks is refused as the real server refuses it; what the real one has and this one does not is HTTP 501.
/// </summary>
public sealed class SimulatedStash : IAsyncDisposable
{
    private readonly SimulatedStashOptions _options;
    private readonly LibraryStore _store;
    private readonly HookLog _hooks = new();
    private readonly FaultGate _faults = new();
    private readonly MutationInjector _injector = new();
    private readonly ResolverMap _resolvers = new();
    private readonly JobQueue _jobs;
    private readonly PluginFields _plugins;
    private readonly PluginHost _host;
    private readonly PluginSessions _sessions = new();
    private readonly StashLog _log = new();
    private WebApplication? _server;
    private int _port;

    private SimulatedStash(SimulatedStashOptions options)
    {
        _options = options;
        _port = options.Port;
        _store = new LibraryStore(options.Version, options.Time);
        _jobs = new JobQueue(options.Time, options.Version);
        _host = new PluginHost(options, _log, _sessions);
        _host.Reload();
        _hooks.Handler = RunHookAsync;
        _plugins = new PluginFields(_jobs, _host, _log, options.Version);
        Library = new StashLibrary(_store, _hooks);
        new LibraryFields(_store, options.ApiKey).Register(_resolvers);
        new MediaFields(_store).Register(_resolvers);
        new Queries(_store).Register(_resolvers);
        new Mutations(_store, _hooks).Register(_resolvers);
        new ServerFields(_store, options).Register(_resolvers);
        _jobs.Register(_resolvers);
        _plugins.Register(_resolvers);
    }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:41234</c>.</summary>
    public string Address => $"http://127.0.0.1:{_port}";

    /// <summary>The version that is simulated.</summary>
    public StashVersion Version => _options.Version;

    /// <summary>What is in its database, to fill, to look at and to change as its user would.</summary>
    public StashLibrary Library { get; }

    /// <summary>What was asked of it.</summary>
    public StashRequestLog Requests { get; } = new();

    /// <summary>The hooks that fired since the start or since <see cref="ClearHooks"/>.</summary>
    public IReadOnlyList<StashHook> Hooks => _hooks.Fired;

    /// <summary>What goes wrong from now on; null = nothing.</summary>
    public StashFault? Fault
    {
        get => _faults.Fault;
        set => _faults.Fault = value;
    }

    /// <summary>How many changes wait because of <see cref="LockWrites"/>.</summary>
    public int WaitingWrites => _faults.Late.Waiting;

    /// <summary>Whether jobs keep running until <see cref="EndJob"/>; else each ends at once.</summary>
    public bool HoldJobs
    {
        get => _jobs.Hold;
        set => _jobs.Hold = value;
    }

    /// <summary>What its log says.</summary>
    public IReadOnlyList<StashLogLine> Log => _log.Lines;

    internal ResolverMap Resolvers => _resolvers;

    /// <summary>Starts one.</summary>
    public static async Task<SimulatedStash> StartAsync(
        SimulatedStashOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var stash = new SimulatedStash(options ?? new SimulatedStashOptions());
        await stash.StartAgainAsync(cancellationToken);
        return stash;
    }

    /// <summary>Listens again on the same port with everything that was in the database.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        if (_server is not null)
        {
            return;
        }

        _server = Build();
        await _server.StartAsync(cancellationToken);
        _port = new Uri(_server.Urls.Single()).Port;
        _host.Port = _port;
    }

    /// <summary>Stops listening and cuts what is connected, as when the server is switched off.</summary>
    public async Task StopAsync()
    {
        if (_server is not { } running)
        {
            return;
        }

        _server = null;
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await running.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Asked for: nobody waits for requests in flight.
        }

        await running.DisposeAsync();
    }

    /// <summary>Carries out the requests that a <see cref="StashExecution"/> put off, in order; returns how many.</summary>
    public Task<int> CarryOutLateAsync() => _faults.Late.CarryOutAsync();

    /// <summary>Holds the database's write lock: changes wait, and are carried out later whether or not their clients still wait.</summary>
    public void LockWrites() => _faults.Late.LockWrites();

    /// <summary>Frees the write lock; completes when everything that waited is carried out.</summary>
    public Task UnlockWritesAsync() => _faults.Late.UnlockWritesAsync();

    /// <summary>Forgets the hooks that fired so far.</summary>
    public void ClearHooks() => _hooks.Clear();

    /// <summary>Runs an action at the n-th change from now that a client makes, counted from 1; a batch of aliases counts each.</summary>
    public void AtMutation(int nth, MutationMoment moment, Func<MutationStep, Task> action) => _injector.Plan(nth, moment, action);

    /// <summary>Forgets all actions planned by <see cref="AtMutation"/>.</summary>
    public void ClearMutationActions() => _injector.Clear();

    /// <summary>Installs a plugin: <paramref name="run"/> gets the task's name (null for an operation) and the arguments.</summary>
    public void AddPlugin(
        string id,
        string name,
        IReadOnlyList<string> tasks,
        Func<string?, JsonObject, CancellationToken, Task<JsonNode?>> run
    ) =>
        _plugins.Add(
            new StashPlugin(
                id,
                name,
                tasks,
                async (task, arguments, _, cancellation) => new PluginResult(await run(task, arguments, cancellation), null)
            )
        );

    /// <summary>Puts a task of a plugin into the queue, as its page does; the job's id.</summary>
    public int RunPluginTask(string plugin, string task, JsonObject? arguments = null) => _plugins.RunTask(plugin, task, arguments ?? []);

    /// <summary>The state of a job such as <c>RUNNING</c>, and the last progress that it reported; null = not among the last ones.</summary>
    public (string Status, double? Progress)? FindJob(int id) => _jobs.Find(id) is { } job ? (job.Status, job.Progress) : null;

    /// <summary>Every progress that a job reported, in order.</summary>
    public IReadOnlyList<double> ProgressOf(int job) => _jobs.Reported(job);

    /// <summary>Completes when every job queued so far has ended.</summary>
    public Task JobsEndedAsync() => _jobs.IdleAsync();

    /// <summary>Stops a job as its page does: a plugin's process is killed.</summary>
    public void StopJob(int id) => _jobs.Stop(id);

    /// <summary>Reads the folder of plugins again.</summary>
    public void ReloadPlugins() => _host.Reload();

    /// <summary>Ends a job that is held.</summary>
    public void EndJob(int id, string status = "FINISHED") => _jobs.End(id, status);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _jobs.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task RunHookAsync(StashHook hook, CancellationToken cancellation)
    {
        await _host.RunHooksAsync(hook, cancellation);
        if (_options.OnHook is { } handler)
        {
            await handler(hook, cancellation);
        }
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, _port);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var gatekeeper = new Gatekeeper(_options.ApiKey, _options.Version, _sessions);
        var files = new PluginFiles(_host);
        var graphql = new GraphQlEndpoint(_options, _resolvers, Requests, _injector);
        var media = new MediaFiles(_store);
        app.Use(next => context => _faults.InvokeAsync(context, next));
        app.Use(next => context => gatekeeper.InvokeAsync(context, next));
        app.Map("/graphql", (RequestDelegate)graphql.InvokeAsync);
        app.MapGet("/plugin/{id}/javascript", (string id) => files.Javascript(id));
        app.MapGet("/plugin/{id}/css", (string id) => files.Css(id));
        app.MapGet("/healthz", () => ".");
        app.MapMethods("/scene/{id:int}/stream", ["GET", "HEAD"], (int id) => media.Scene(id));
        app.MapMethods("/image/{id:int}/image", ["GET", "HEAD"], (int id) => media.Image(id));
        app.MapMethods("/image/{id:int}/thumbnail", ["GET", "HEAD"], (int id) => media.Image(id));
        return app;
    }
}

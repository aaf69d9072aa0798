using System.Net;
using System.Net.Sockets;
using HavenVlm.Core.Api;
using HavenVlm.Core.Api.Access;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Running;
using HavenVlm.Local.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace HavenVlm.Local.Server;

/// <summary>What a server is started with.</summary>
/// <param name="Loaded">The configuration.</param>
/// <param name="Reload">Reads it again.</param>
/// <param name="Log">Takes log lines.</param>
/// <param name="Time">The clock.</param>
internal sealed record ServerStart(LoadedConfiguration Loaded, Func<LoadedConfiguration> Reload, Action<string> Log, TimeProvider Time);

/// <summary>The process behind <c>haven serve</c>: the HTTP API, the engine, the timers, on one locked data folder.</summary>
internal sealed class HavenServer : IAsyncDisposable
{
    /// <summary>The longest that stopping takes.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StashTime = TimeSpan.FromSeconds(10);

    private readonly DataFolderLock _folder;
    private readonly ServerKeys _keys;
    private readonly WebApplication _app;

    private HavenServer(DataFolderLock folder, ServerKeys keys, WebApplication app)
    {
        _folder = folder;
        _keys = keys;
        _app = app;
    }

    /// <summary>The addresses that are listened on, such as <c>http://127.0.0.1:7071</c>.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>Starts; on return calls are answered and Stash has the tag family, if it could be reached.</summary>
    /// <exception cref="DataFolderInUseException">Another process works on the data folder.</exception>
    /// <exception cref="JournalException">The journal cannot be used.</exception>
    /// <exception cref="IOException">The address is in use, or the data folder cannot be written.</exception>
    public static async Task<HavenServer> StartAsync(ServerStart start, CancellationToken cancellationToken)
    {
        var options = start.Loaded.Options;
        var address = ListenAddress.Parse(options.Server.Listen);
        var folder = await DataFolderLock.AcquireAsync(options.Storage.DataDir, start.Time, cancellationToken);
        ServerKeys? keys = null;
        WebApplication? app = null;
        try
        {
            keys = ServerKeys.Prepare(options.Server, address.IsLoopback, folder.Folder);
            app = Build(start, address, folder, keys);
            var server = new HavenServer(folder, keys, app);
            await server.RunAsync(cancellationToken);
            return server;
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            keys?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Stops: calls end, what runs is put down so that the next start goes on with it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(StopTime);
            var engine = _app.Services.GetRequiredService<EmbeddedEngine>();
            await Task.WhenAll(_app.StopAsync(patience.Token), engine.StopAsync(patience.Token));
            await _app.DisposeAsync();
        }
        finally
        {
            _keys.Dispose();
            _folder.Dispose();
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var services = _app.Services;
        await services.GetRequiredService<EmbeddedEngine>().StartAsync(cancellationToken);
        await services.GetRequiredService<EndpointControl>().RestoreAsync(cancellationToken);
        await ListenAsync(services.GetRequiredService<SettingsSource>().Current.Server.Listen, cancellationToken);
        Addresses = [.. services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        _folder.SetAddress(ListenAddress.Reachable(IPEndPoint.Parse(new Uri(Addresses[0]).Authority)).GetLeftPart(UriPartial.Authority));
        var logger = services.GetRequiredService<ILogger<HavenServer>>();
        if (_keys.GeneratedFile is { } file)
        {
            logger.LogInformation("Beyond this machine a key is needed; it is in {File}", file);
        }

        await PrepareStashAsync(services.GetRequiredService<RequestedScenes>(), logger, cancellationToken);
        var options = services.GetRequiredService<SettingsSource>().Current;
        StartReport.Write(
            logger,
            options,
            services.GetRequiredService<StashTransport>().Health,
            services.GetRequiredService<TimeProvider>(),
            Addresses[0]
        );
    }

    private async Task ListenAsync(string listen, CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new IOException($"Another program listens on {listen}. Stop that one, or set server.listen to another port.", e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new IOException($"{listen} cannot be listened on: {e.Message}. Set server.listen to an address of this machine.", e);
        }
    }

    // A Stash that is off must not keep the server from starting; the tags are made when it is on.
    private static async Task PrepareStashAsync(RequestedScenes requested, ILogger logger, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StashTime);
        try
        {
            await requested.PrepareAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("Stash did not answer within {Seconds} seconds; its tags are made when it does", StashTime.TotalSeconds);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("The tags in Stash could not be made: {Reason}", e.Message);
        }
    }

    private static WebApplication Build(ServerStart start, ListenAddress address, DataFolderLock folder, ServerKeys keys)
    {
        // Empty, so that nothing but our own configuration has a say: no ASPNETCORE_URLS, no appsettings.json of the current folder.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.ListenOn(address);
        var services = builder.Services;
        var settings = new SettingsSource(start.Loaded.Options);
        services.AddHavenLocal(settings, folder, start.Log, LogLevel.Trace, start.Time);
        services.AddRouting();
        services.AddApiDocument();
        services.AddSingleton(keys);
        services.AddSingleton(address);
        services.AddSingleton(new FailedKeys(start.Time));
        services.AddSingleton<IHostLifetime, CommandLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTime);
        AddBackground(services, start, settings);
        var app = builder.Build();
        app.Use(
            (context, next) =>
            {
                SecurityHeaders.Add(context.Response.Headers);
                return next(context);
            }
        );
        app.UseRouting();
        app.UseMiddleware<AccessCheck>();
        app.MapApi();
        app.MapPluginSource();
        app.MapOpenApi(ApiDocument.Path).WithMetadata(AnonymousCall.Instance);
        app.MapFallback(NotFoundAsync);
        return app;
    }

    private static void AddBackground(IServiceCollection services, ServerStart start, SettingsSource settings)
    {
        services.AddHostedService(provider => new SweepTimer(
            provider.GetRequiredService<SweepRequests>().StartAsync,
            provider.GetRequiredService<SweepRequests>().WatchAsync,
            settings,
            start.Time,
            provider.GetRequiredService<ILogger<SweepTimer>>()
        ));
        services.AddHostedService(provider => new ConfigurationWatcher(
            start.Loaded,
            start.Reload,
            settings,
            start.Time,
            provider.GetRequiredService<ILogger<ConfigurationWatcher>>()
        ));
    }

    private static Task NotFoundAsync(HttpContext context) =>
        Problems.WriteAsync(
            context,
            StatusCodes.Status404NotFound,
            "No such call",
            $"Not found: {context.Request.Method} {context.Request.Path}; {ApiDocument.Path} lists the calls."
        );
}

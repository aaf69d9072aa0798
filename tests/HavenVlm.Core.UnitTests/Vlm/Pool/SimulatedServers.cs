using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Pool;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Core.UnitTests.Vlm.Pool;

/// <summary>A model server under simulated time: how it behaves can be switched while it runs.</summary>
internal sealed class SimulatedServer(string name, int slots, double milliseconds)
{
    private readonly Random _random = new(name.Sum(c => c));

    public string Name { get; } = name;

    public int Slots { get; } = slots;

    public double Milliseconds { get; set; } = milliseconds;

    public double Spread { get; set; }

    /// <summary>Answers nothing until the request is given up.</summary>
    public bool Hangs { get; set; }

    /// <summary>Lets the requests go on that hang.</summary>
    public TaskCompletionSource WakeUp { get; set; } = new();

    /// <summary>Refuses at once.</summary>
    public Func<EndpointFailureException?> Failure { get; set; } = () => null;

    /// <summary>Fails when the work is done.</summary>
    public Func<EndpointFailureException?> FailureAfterWork { get; set; } = () => null;

    public List<DateTimeOffset> Arrivals { get; } = [];

    public int InFlight { get; private set; }

    public int MaxInFlight { get; private set; }

    public double WorkMilliseconds { get; private set; }

    /// <summary>Requests about a picture of the pool's own.</summary>
    public int Probes { get; private set; }

    public Task ProbeAsync(Simulation simulation, CancellationToken cancellationToken)
    {
        Probes++;
        return AnswerAsync(simulation, cancellationToken);
    }

    public async Task<string> AnswerAsync(Simulation simulation, CancellationToken cancellationToken)
    {
        Arrivals.Add(simulation.Time.GetUtcNow());
        InFlight++;
        MaxInFlight = Math.Max(MaxInFlight, InFlight);
        try
        {
            if (Failure() is { } refusal)
            {
                throw refusal;
            }

            var time = Math.Round(Milliseconds * (1 + (Spread * ((_random.NextDouble() * 2) - 1))));
            await Task.Delay(TimeSpan.FromMilliseconds(time), simulation.Time, cancellationToken);
            if (Hangs)
            {
                await WakeUp.Task.WaitAsync(cancellationToken);
            }

            WorkMilliseconds += time;
            return FailureAfterWork() is { } failure ? throw failure : Name;
        }
        finally
        {
            InFlight--;
        }
    }
}

/// <summary>A pool over simulated servers.</summary>
internal sealed class SimulatedPool
{
    private readonly Simulation _simulation;
    private readonly Dictionary<string, SimulatedServer> _servers;

    public SimulatedPool(
        Simulation simulation,
        IEnumerable<SimulatedServer> servers,
        Func<EndpointOptions, EndpointOptions>? each = null,
        TimeSpan? overflowAfter = null,
        IEndpointSlots? slots = null
    )
    {
        _simulation = simulation;
        _servers = servers.ToDictionary(server => server.Name, StringComparer.Ordinal);
        var options = new HavenOptions
        {
            Vlm = new VlmOptions
            {
                OverflowAfter = overflowAfter,
                Endpoints = [.. _servers.Values.Select(server => (each ?? (o => o))(Options(server)))],
            },
        };
        Settings = new SettingsSource(options);
        Pool = new EndpointPool(Settings, slots ?? new SemaphoreSlots(), simulation.Time, new Random(1), NullLogger<EndpointPool>.Instance);
    }

    public SettingsSource Settings { get; }

    public EndpointPool Pool { get; }

    public static EndpointOptions Options(SimulatedServer server) =>
        new()
        {
            Name = server.Name,
            BaseUrl = "http://simulated/" + server.Name,
            MaxConcurrent = server.Slots == 0 ? null : server.Slots,
        };

    public Task<string> AskAsync(CancellationToken cancellationToken = default) =>
        Pool.RunAsync(
            (endpoint, token) => _servers[endpoint.Options.Name].AnswerAsync(_simulation, token),
            (endpoint, token) => _servers[endpoint.Options.Name].ProbeAsync(_simulation, token),
            cancellationToken
        );

    /// <summary>Asks about a picture that every server fails at, whatever becomes of others.</summary>
    public Task<string> AskBadPictureAsync(Func<EndpointFailureException> failure) =>
        Pool.RunAsync<string>(
            (endpoint, _) =>
            {
                _servers[endpoint.Options.Name].Arrivals.Add(_simulation.Time.GetUtcNow());
                throw failure();
            },
            (endpoint, token) => _servers[endpoint.Options.Name].ProbeAsync(_simulation, token),
            CancellationToken.None
        );

    public EndpointStatus Status(string name) => Pool.Snapshot().Single(status => status.Name.Equals(name, StringComparison.Ordinal));

    public void Reconfigure(Func<EndpointOptions, EndpointOptions?> change)
    {
        var vlm = Settings.Current.Vlm;
        Settings.Replace(
            Settings.Current with
            {
                Vlm = vlm with { Endpoints = [.. vlm.Endpoints.Select(change).OfType<EndpointOptions>()] },
            }
        );
    }
}

using HavenVlm.Core;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Vlm.Prompting;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Benchmarks.Endpoints;

/// <summary>The product's asker and its pool, wired as the product wires them.</summary>
internal sealed class AskingPool : IAsyncDisposable
{
    // What a frame of 768 pixels has; the servers do not look at it.
    private static readonly byte[] Picture = new byte[60_000];

    private static readonly VlmQuestion Question = new()
    {
        Model = "bench",
        Tags = [.. Enumerable.Range(0, 36).Select(i => new VlmTag($"Tag {i}", "what can be seen"))],
    };

    private readonly ServiceProvider _services;

    public AskingPool(params IEnumerable<EndpointOptions> endpoints)
        : this(store: null, endpoints) { }

    public AskingPool(IArtifactStore? store, IEnumerable<EndpointOptions> endpoints)
    {
        var options = new HavenOptions { Vlm = new VlmOptions { Endpoints = [.. endpoints] } };
        var services = new ServiceCollection().AddLogging().AddSingleton(new SettingsSource(options)).AddVlm();
        if (store is not null)
        {
            services.AddSingleton(store);
        }

        _services = services.BuildServiceProvider();
    }

    public EndpointPool Pool => _services.GetRequiredService<EndpointPool>();

    public static EndpointOptions Endpoint(ModelServer server) =>
        new()
        {
            Name = server.Name,
            BaseUrl = server.BaseUrl,
            MaxConcurrent = server.Slots,
            Timeout = TimeSpan.FromSeconds(60),
        };

    /// <summary>Asks about one picture; whether there was an answer.</summary>
    public async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        var picture = new VlmPicture(TimeSpan.Zero, Picture);
        var answers = await _services.GetRequiredService<PictureAsker>().AskAsync(Question, [picture], cancellationToken);
        return answers[0].Tags is not null;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

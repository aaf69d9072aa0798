using System.Collections.Concurrent;
using HavenVlm.Core;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Vlm.Prompting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Tests.Shared;

/// <summary>The asker and its pool over real HTTP, wired as the product wires them.</summary>
internal sealed class AskingFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public AskingFixture(VlmOptions vlm, IEnumerable<ScriptedModelServer> servers)
        : this(vlm with { Endpoints = [.. servers.Select((server, i) => Endpoint("server" + i, server.BaseUrl))] }) { }

    public AskingFixture(VlmOptions vlm, ConcurrentQueue<string>? logs = null)
    {
        Settings = new SettingsSource(new HavenOptions { Vlm = vlm });
        _services = new ServiceCollection()
            .AddSingleton(Settings)
            .AddLogging(logging =>
            {
                logging.SetMinimumLevel(LogLevel.Trace);
                if (logs is not null)
                {
                    logging.AddProvider(new LogCollector(logs));
                }
            })
            .AddVlm()
            .BuildServiceProvider();
    }

    public static VlmOptions Vlm { get; } = new() { Model = "test-model" };

    public static byte[] Jpeg { get; } = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 0xFF, 0xD9];

    public SettingsSource Settings { get; }

    public PictureAsker Asker => _services.GetRequiredService<PictureAsker>();

    public EndpointPool Pool => _services.GetRequiredService<EndpointPool>();

    public static EndpointOptions Endpoint(string name, string baseUrl) =>
        new()
        {
            Name = name,
            BaseUrl = baseUrl,
            MaxConcurrent = 2,
            Timeout = TimeSpan.FromSeconds(10),
        };

    public static VlmQuestion Question(params string[] tags) =>
        new() { Model = "test-model", Tags = [.. tags.DefaultIfEmpty("Kissing").Select(tag => new VlmTag(tag, ""))] };

    public static VlmPicture[] Pictures(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new VlmPicture(TimeSpan.FromSeconds(i * 2), Jpeg))];

    public Task<IReadOnlyList<PictureAnswer>> AskAsync(
        VlmQuestion question,
        int pictures = 1,
        CancellationToken cancellationToken = default
    ) => Asker.AskAsync(question, Pictures(pictures), cancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class LogCollector(ConcurrentQueue<string> logs) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => logs.Enqueue(formatter(state, exception) + exception);
    }
}

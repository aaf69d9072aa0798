using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HavenVlm.Benchmarks.Endpoints;

/// <summary>A model server over real HTTP that takes its time and looks at nothing, so that what is measured is the pool.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<TimeSpan> _arrivals = new();
    private readonly Random _random;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly TaskCompletionSource _end = new();
    private readonly SemaphoreSlim _slots;
    private int _inFlight;
    private long _workTicks;

    private ModelServer(string name, int slots, double milliseconds, WebApplication app)
    {
        Name = name;
        Slots = slots;
        Milliseconds = milliseconds;
        _app = app;
        _random = new Random(slots);
        _slots = new SemaphoreSlim(slots);
    }

    public string Name { get; }

    public int Slots { get; }

    /// <summary>What an answer takes on average; it varies by 30 % in both directions.</summary>
    public double Milliseconds { get; }

    /// <summary>Share of requests that end with HTTP 500 when the work is done.</summary>
    public double Errors { get; init; }

    /// <summary>Whether more requests than slots wait inside; else it works on all of them at once.</summary>
    public bool IsQueueing { get; init; }

    /// <summary>Whether it has fallen silent: what is there and what comes stays without an answer.</summary>
    public bool IsSilent { get; set; }

    public string BaseUrl { get; private set; } = "";

    /// <summary>When it was started, on a clock that all servers share.</summary>
    public TimeSpan Start => TimeProvider.System.GetElapsedTime(0, _start);

    /// <summary>When requests came, since the start of the server.</summary>
    public IReadOnlyCollection<TimeSpan> Arrivals => _arrivals;

    public int MostInFlight { get; private set; }

    /// <summary>When the last answer was ready, since the start of the server.</summary>
    public TimeSpan LastAnswer { get; private set; }

    /// <summary>All the time that answers took.</summary>
    public TimeSpan Work => TimeSpan.FromTicks(Interlocked.Read(ref _workTicks));

    /// <summary>Time since the start of the server.</summary>
    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_start);

    public static async Task<ModelServer> StartAsync(
        string name,
        int slots,
        double milliseconds,
        double errors = 0,
        bool isQueueing = false
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1)
        );
        var app = builder.Build();
        var server = new ModelServer(name, slots, milliseconds, app) { Errors = errors, IsQueueing = isQueueing };
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server.BaseUrl = app.Urls.Single() + "/v1";
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _slots.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        double factor;
        bool fails;
        lock (_random)
        {
            factor = 0.7 + (_random.NextDouble() * 0.6);
            fails = _random.NextDouble() < Errors;
            _arrivals.Enqueue(Now);
            MostInFlight = Math.Max(MostInFlight, ++_inFlight);
        }

        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            if (IsQueueing)
            {
                await _slots.WaitAsync(context.RequestAborted);
            }

            var since = TimeProvider.System.GetTimestamp();
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Milliseconds * factor));
            }
            finally
            {
                if (IsQueueing)
                {
                    _slots.Release();
                }
            }

            if (IsSilent)
            {
                await _end.Task.WaitAsync(context.RequestAborted);
            }

            Interlocked.Add(ref _workTicks, TimeProvider.System.GetElapsedTime(since).Ticks);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        finally
        {
            lock (_random)
            {
                LastAnswer = Now;
                _inFlight--;
            }
        }

        context.Response.StatusCode = fails ? 500 : 200;
        await context.Response.WriteAsJsonAsync(
            new
            {
                @object = "chat.completion",
                model = "bench",
                usage = new { prompt_tokens = 400, completion_tokens = 40 },
                choices = new[]
                {
                    new
                    {
                        index = 0,
                        finish_reason = "stop",
                        message = new { role = "assistant", content = """{"tags":[]}""" },
                    },
                },
            }
        );
    }
}

using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Pool;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Core.Tests.Vlm.Pool;

/// <summary>Many threads at once, with everything going on that can: what simulated time on one thread can't show.</summary>
public sealed class PoolStressTests
{
    [Fact]
    public async Task Nothing_is_lost_doubled_or_left_behind_when_everything_happens_at_once()
    {
        var settings = new SettingsSource(Options(1));
        await using var pool = new EndpointPool(
            settings,
            new SemaphoreSlots(),
            TimeProvider.System,
            new Random(1),
            NullLogger<EndpointPool>.Instance
        );
        var inFlight = new int[3];
        var tooMany = 0;
        var (answered, failed, gaveUp, outages) = (0, 0, 0, 0);
        using var done = new CancellationTokenSource();
        var meddling = MeddleAsync(pool, settings, done.Token);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 4000),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (i, _) =>
            {
                using var giveUp = new CancellationTokenSource();
                if (i % 10 == 0)
                {
                    giveUp.CancelAfter(i % 7);
                }

                try
                {
                    await pool.RunAsync(
                        async (endpoint, token) =>
                        {
                            var server = endpoint.Options.Name[0] - 'a';
                            if (Interlocked.Increment(ref inFlight[server]) > 8)
                            {
                                Interlocked.Increment(ref tooMany);
                            }

                            try
                            {
                                await Task.Delay(i % 3, token);
                                return (i % 17) switch
                                {
                                    0 => throw new EndpointFailureException(FailureKind.Server, "500"),
                                    1 => throw new EndpointFailureException(FailureKind.Empty, "empty"),
                                    _ => server,
                                };
                            }
                            finally
                            {
                                Interlocked.Decrement(ref inFlight[server]);
                            }
                        },
                        probe: null,
                        giveUp.Token
                    );
                    Interlocked.Increment(ref answered);
                }
                catch (EndpointFailureException)
                {
                    Interlocked.Increment(ref failed);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref gaveUp);
                }
                catch (EndpointsUnavailableException)
                {
                    Interlocked.Increment(ref outages);
                }
            }
        );
        await done.CancelAsync();
        await meddling;

        Assert.Equal(4000, answered + failed + gaveUp + outages);
        Assert.InRange(answered, 1000, 4000);
        Assert.Equal(0, tooMany);
        Assert.All(pool.Snapshot(), status => Assert.Equal((0, 0), (status.InFlight, status.Waiting)));
        Assert.Equal([0, 0, 0], inFlight);
    }

    private static HavenOptions Options(int turn) =>
        new()
        {
            Vlm = new VlmOptions
            {
                Endpoints =
                [
                    .. Enumerable
                        .Range(0, 2 + (turn % 2))
                        .Select(i => new EndpointOptions
                        {
                            Name = ((char)('a' + i)).ToString(),
                            BaseUrl = "http://nowhere/v1",
                            ApiKey = (turn % 3).ToString(),
                            MaxConcurrent = 4 + (turn % 5),
                            Weight = 1 + (turn % 4),
                        }),
                ],
            },
        };

    private static async Task MeddleAsync(EndpointPool pool, SettingsSource settings, CancellationToken done)
    {
        for (var turn = 2; !done.IsCancellationRequested; turn++)
        {
            settings.Replace(Options(turn));
            pool.SetPaused("a", turn % 3 == 0);
            pool.Snapshot();
            _ = pool.PicturesWorthPreparing;
            await Task.Delay(1, CancellationToken.None);
        }

        settings.Replace(Options(1));
        pool.SetPaused("a", paused: false);
    }
}

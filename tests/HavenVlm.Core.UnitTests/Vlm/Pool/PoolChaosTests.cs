using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.UnitTests.Vlm.Pool;

/// <summary>Random behavior under simulated time: whatever servers do, every request ends and no promise is broken.</summary>
public sealed class PoolChaosTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Every_request_ends_and_no_endpoint_gets_more_than_it_may_have(int seed) =>
        Simulation.Run(async simulation =>
        {
            var random = new Random(seed);
            SimulatedServer[] servers = [new("a", 3, 200) { Spread = 0.5 }, new("b", 1, 700), new("fallback", 2, 300)];
            var pool = new SimulatedPool(
                simulation,
                servers,
                o => o with { Timeout = TimeSpan.FromSeconds(20), IsFallback = o.Name.Length > 1 },
                overflowAfter: seed % 2 == 0 ? TimeSpan.FromSeconds(1) : null
            );
            using var end = new CancellationTokenSource();
            var weather = WeatherAsync(simulation, servers, random, end.Token);
            var (answers, failures, outages) = (0, 0, 0);

            await Task.WhenAll(
                Enumerable
                    .Range(0, 150)
                    .Select(async i =>
                    {
                        await simulation.Wait(i * 0.15);
                        // As an orchestration does: come back when told to.
                        for (var asked = false; !asked; )
                        {
                            try
                            {
                                await pool.AskAsync();
                                answers++;
                                asked = true;
                            }
                            catch (EndpointFailureException)
                            {
                                failures++;
                                asked = true;
                            }
                            catch (EndpointsUnavailableException e)
                            {
                                outages++;
                                await simulation.Wait(e.RetryAfter.TotalSeconds);
                            }
                        }
                    })
            );
            Simulation.Cancel(end);
            await weather;
            foreach (var server in servers)
            {
                server.WakeUp.TrySetResult();
            }

            await simulation.Wait(25);

            Assert.Equal(150, answers + failures);
            Assert.InRange(answers, 100, 150);
            Assert.All(servers, server => Assert.InRange(server.MaxInFlight, 0, server.Slots));
            Assert.All(pool.Pool.Snapshot(), status => Assert.Equal((0, 0), (status.InFlight, status.Waiting)));
            Assert.InRange(pool.Pool.Snapshot().Sum(s => s.Hedged), 0, pool.Pool.Snapshot().Sum(s => s.Requests) * 0.02);
        });

    private static async Task WeatherAsync(Simulation simulation, SimulatedServer[] servers, Random random, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var server = servers[random.Next(servers.Length)];
            server.WakeUp.TrySetResult();
            server.WakeUp = new TaskCompletionSource();
            var mood = random.Next(8);
            server.Hangs = mood == 0;
            server.Failure = mood switch
            {
                1 => () => new EndpointFailureException(FailureKind.Unreachable, "gone"),
                2 => () => new EndpointFailureException(FailureKind.Overloaded, "429", TimeSpan.FromSeconds(random.Next(1, 4))),
                3 => () => new EndpointFailureException(FailureKind.Overloaded, "429"),
                _ => () => null,
            };
            server.FailureAfterWork = mood switch
            {
                4 => () => random.Next(2) == 0 ? new EndpointFailureException(FailureKind.Server, "500") : null,
                5 => () => random.Next(3) == 0 ? new EndpointFailureException(FailureKind.Empty, "empty") : null,
                _ => () => null,
            };
            await simulation.Wait(random.NextDouble() * 4);
        }
    }
}

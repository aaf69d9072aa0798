using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.UnitTests.Vlm.Pool;

public sealed class PoolSpeedTests(ITestOutputHelper output)
{
    private const int Requests = 2000;

    private static SimulatedServer[] ThreeUnequal() =>
        [new("fast", 8, 200) { Spread = 0.3 }, new("middle", 4, 400) { Spread = 0.3 }, new("slow", 2, 800) { Spread = 0.3 }];

    [Fact]
    public void Three_unequal_endpoints_are_kept_busy_to_within_three_percent_of_the_bound() =>
        Simulation.Run(async simulation =>
        {
            var servers = ThreeUnequal();
            var pool = new SimulatedPool(simulation, servers);
            var start = simulation.Now;

            await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => pool.AskAsync()));

            var ratio = (simulation.Now - start) / Bound(servers);
            output.WriteLine($"wall / bound = {ratio:0.0000}");
            Assert.InRange(ratio, 0.95, 1.03);
            Assert.All(servers, server => Assert.Equal(server.Slots, server.MaxInFlight));
        });

    [Fact]
    public void With_five_percent_errors_it_takes_hardly_longer_than_the_work_really_needed() =>
        Simulation.Run(async simulation =>
        {
            var servers = ThreeUnequal();
            var random = new Random(5);
            foreach (var server in servers)
            {
                server.FailureAfterWork = () =>
                    random.NextDouble() < 0.05 ? new EndpointFailureException(FailureKind.Server, "HTTP 500") : null;
            }

            var pool = new SimulatedPool(simulation, servers);
            var start = simulation.Now;

            await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => pool.AskAsync()));

            var ratio = (simulation.Now - start) / Bound(servers);
            output.WriteLine($"wall / bound = {ratio:0.0000}");
            Assert.InRange(ratio, 0.95, 1.08);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_endpoint_that_falls_silent_costs_only_what_it_would_have_done(int which) =>
        Simulation.Run(async simulation =>
        {
            var servers = ThreeUnequal();
            var silent = servers[which];
            var others = servers.Except([silent]).ToArray();
            var pool = new SimulatedPool(simulation, servers);
            var done = new List<DateTimeOffset>();

            var all = Enumerable
                .Range(0, Requests)
                .Select(async _ =>
                {
                    await pool.AskAsync();
                    done.Add(simulation.Time.GetUtcNow());
                })
                .ToList();
            while (done.Count < Requests * 0.3)
            {
                await simulation.Wait(0.01);
            }

            var fellSilent = simulation.Time.GetUtcNow();
            silent.Hangs = true;
            await Task.WhenAll(all);

            // 4 x the slowest usual answer, at least 2 s.
            var noticed = fellSilent + TimeSpan.FromSeconds(Math.Max(2, 4 * 1.3 * silent.Milliseconds / 1000)) + TimeSpan.FromSeconds(0.1);
            Assert.DoesNotContain(silent.Arrivals, arrival => arrival > noticed);
            var hedged = pool.Pool.Snapshot().Sum(status => status.Hedged);
            Assert.InRange(hedged, 1, Requests * 0.02);

            // From two seconds after that, the others' sum.
            var from = noticed + TimeSpan.FromSeconds(2);
            var until = done[^1] - TimeSpan.FromSeconds(1.5);
            var rate = done.Count(time => time > from && time < until) / (until - from).TotalSeconds;
            var expected = others.Sum(server => server.Slots * 1000 / server.Milliseconds);
            output.WriteLine($"hedged {hedged}, {rate:0.0} answers/s of {expected:0.0}");
            Assert.InRange(rate / expected, 0.95, 1.05);
        });

    // The work done, at the rate of all slots together.
    private static TimeSpan Bound(SimulatedServer[] servers) =>
        TimeSpan.FromSeconds(
            servers.Sum(server => server.Arrivals.Count)
                / servers.Sum(server => server.Slots * 1000.0 * server.Arrivals.Count / server.WorkMilliseconds)
        );
}

namespace HavenVlm.Core.Tests.Vlm.Pool;

public sealed class PoolSpeedTests(ITestOutputHelper output)
{
    [Fact]
    public void Three_unequal_endpoints_are_kept_busy_to_within_three_percent_of_the_bound() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers =
            [
                new("fast", 8, 200) { Spread = 0.3 },
                new("middle", 4, 400) { Spread = 0.3 },
                new("slow", 2, 800) { Spread = 0.3 },
            ];
            var pool = new SimulatedPool(simulation, servers);
            var start = simulation.Time.GetUtcNow();

            await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => pool.AskAsync()));

            var wall = (simulation.Time.GetUtcNow() - start).TotalSeconds;
            var bound = 2000 / servers.Sum(server => server.Slots / (server.WorkMilliseconds / server.Arrivals.Count / 1000));
            output.WriteLine($"wall {wall:0.000} s, bound {bound:0.000} s, ratio {wall / bound:0.0000}");
            output.WriteLine(string.Join(", ", pool.Pool.Snapshot().Select(s => $"{s.Name} {s.Requests} hedged {s.Hedged}")));
            Assert.InRange(wall / bound, 0.95, 1.03);
        });
}

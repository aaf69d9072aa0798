using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.UnitTests.Vlm.Pool;

public sealed class PoolFallbackTests
{
    private static EndpointOptions SecondIsFallback(EndpointOptions options) =>
        options with
        {
            IsFallback = options.Name.StartsWith("fallback", StringComparison.Ordinal),
        };

    [Fact]
    public void A_fallback_idles_while_a_primary_is_healthy_even_when_all_its_slots_are_taken() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("primary", 1, 1000), new("fallback", 8, 10)];
            var pool = new SimulatedPool(simulation, servers, SecondIsFallback);

            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => pool.AskAsync()));

            Assert.Empty(servers[1].Arrivals);
        });

    [Fact]
    public void A_request_that_waited_long_enough_overflows_to_a_fallback() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("primary", 1, 10_000), new("fallback", 8, 10)];
            var pool = new SimulatedPool(simulation, servers, SecondIsFallback, overflowAfter: TimeSpan.FromSeconds(5));
            var first = pool.AskAsync();

            Assert.Equal("fallback", await pool.AskAsync());

            Assert.InRange(simulation.Now.TotalSeconds, 5, 5.1);
            Assert.Equal("primary", await first);
        });

    [Theory]
    [InlineData(nameof(FailureKind.Unreachable), 1)]
    [InlineData(nameof(FailureKind.Unreachable), 8)]
    [InlineData(nameof(FailureKind.Server), 1)]
    [InlineData(nameof(FailureKind.Server), 8)]
    public void When_the_primary_refuses_or_resets_the_fallback_serves_within_a_second(string kind, int slots) =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("primary", slots, 100), new("fallback", 4, 100)];
            servers[0].Failure = () => new EndpointFailureException(Enum.Parse<FailureKind>(kind), "it is gone");
            var pool = new SimulatedPool(simulation, servers, SecondIsFallback);

            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => pool.AskAsync()));

            Assert.All(answers, answer => Assert.Equal("fallback", answer));
            // Five rounds of four slots, and what the refusals cost.
            Assert.InRange(simulation.Now.TotalSeconds, 0.5, 0.6);
        });

    [Fact]
    public void Probes_the_primary_and_returns_the_work_when_it_answers() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("primary", 2, 100), new("fallback", 2, 100)];
            var pool = new SimulatedPool(simulation, servers, SecondIsFallback);
            servers[0].Failure = () => new EndpointFailureException(FailureKind.Unreachable, "it is gone");
            var stop = false;
            var callers = Enumerable
                .Range(0, 2)
                .Select(async _ =>
                {
                    while (!stop)
                    {
                        await pool.AskAsync();
                    }
                })
                .ToList();

            await simulation.Wait(60);
            var looks = servers[0].Arrivals.Count;
            Assert.Equal(EndpointState.Open, pool.Status("primary").State);
            servers[0].Failure = () => null;
            await simulation.Wait(35);
            var fallbackUses = servers[1].Arrivals.Count;
            await simulation.Wait(10);
            stop = true;
            await Task.WhenAll(callers);

            // After 1, 2, 4, 8, 16 and then every 30 seconds.
            Assert.InRange(looks, 5, 9);
            Assert.Equal(EndpointState.Healthy, pool.Status("primary").State);
            Assert.InRange(servers[1].Arrivals.Count - fallbackUses, 0, 2);
        });

    [Fact]
    public void An_unusable_reply_does_not_send_pictures_to_a_fallback() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("primary", 1, 100), new("fallback", 1, 100)];
            servers[0].Failure = () => new EndpointFailureException(FailureKind.Unusable, "prose");
            var pool = new SimulatedPool(simulation, servers, SecondIsFallback);

            await Assert.ThrowsAsync<EndpointFailureException>(() => pool.AskAsync());

            Assert.Equal((2, 0), (servers[0].Arrivals.Count, servers[1].Arrivals.Count));
        });

    [Fact]
    public void When_the_primary_is_paused_the_fallback_serves() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("primary", 1, 100), new("fallback", 1, 100)];
            var pool = new SimulatedPool(simulation, servers, SecondIsFallback);
            pool.Pool.SetPaused("primary", paused: true);

            Assert.Equal("fallback", await pool.AskAsync());
        });
}

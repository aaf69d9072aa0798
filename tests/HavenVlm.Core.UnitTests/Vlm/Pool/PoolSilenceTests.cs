using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.UnitTests.Vlm.Pool;

public sealed class PoolSilenceTests
{
    private static async Task WarmUpAsync(SimulatedPool pool, int requests = 200) =>
        await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => pool.AskAsync()));

    [Fact]
    public void A_silent_endpoint_gets_work_again_as_soon_as_it_answers() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("sleepy", 2, 100), new("awake", 2, 100)];
            var pool = new SimulatedPool(simulation, servers);
            await WarmUpAsync(pool);
            servers[0].Hangs = true;
            var stuck = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pool.AskAsync()));
            await simulation.Wait(5);
            Assert.Equal(EndpointState.Silent, pool.Status("sleepy").State);
            await stuck;

            servers[0].Hangs = false;
            servers[0].WakeUp.SetResult();
            await simulation.Wait(0.01);

            Assert.Equal(EndpointState.Healthy, pool.Status("sleepy").State);
            var before = servers[0].Arrivals.Count;
            await WarmUpAsync(pool, 20);
            Assert.InRange(servers[0].Arrivals.Count - before, 8, 12);
        });

    [Fact]
    public void Requests_stuck_beyond_the_hedging_budget_wait_for_their_time_to_end_and_go_elsewhere_then() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("sleepy", 8, 100), new("awake", 8, 100)];
            var pool = new SimulatedPool(simulation, servers, o => o with { Timeout = TimeSpan.FromSeconds(30) });
            await WarmUpAsync(pool, 100);
            servers[0].Hangs = true;

            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => pool.AskAsync()));

            Assert.InRange(pool.Status("sleepy").Hedged, 1, 4);
            Assert.InRange(simulation.Now.TotalSeconds, 30, 33);
            Assert.Equal(EndpointState.Open, pool.Status("sleepy").State);
        });

    [Fact]
    public void A_lone_straggler_is_repeated_elsewhere_though_its_endpoint_answers_others() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("a", 2, 100), new("b", 2, 100)];
            var pool = new SimulatedPool(simulation, servers);
            await WarmUpAsync(pool);
            servers[0].Hangs = true;
            var straggler = pool.AskAsync();
            await simulation.Wait(0.2);
            servers[0].Hangs = false;
            var start = simulation.Now;
            var end = start + TimeSpan.FromSeconds(4);
            var others = Enumerable
                .Range(0, 2)
                .Select(async _ =>
                {
                    while (simulation.Now < end)
                    {
                        await pool.AskAsync();
                    }
                })
                .ToList();

            Assert.Equal("b", await straggler);

            Assert.InRange((simulation.Now - start).TotalSeconds, 1.5, 2.5);
            Assert.Equal(EndpointState.Healthy, pool.Status("a").State);
            await Task.WhenAll(others);
        });

    [Fact]
    public void A_stuck_request_waits_only_so_long_for_a_place_for_its_repetition() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("sleepy", 1, 100), new("full", 1, 100)];
            var pool = new SimulatedPool(simulation, servers, o => o with { Timeout = TimeSpan.FromSeconds(10) });
            await WarmUpAsync(pool);
            servers[0].Hangs = true;
            servers[1].Milliseconds = 9_500;
            var all = Enumerable.Range(0, 2).Select(_ => pool.AskAsync()).ToList();
            await simulation.Wait(9);
            servers[1].Failure = () => new EndpointFailureException(FailureKind.Unreachable, "gone");
            servers[1].FailureAfterWork = () => new EndpointFailureException(FailureKind.Unreachable, "gone");

            await Assert.ThrowsAsync<EndpointsUnavailableException>(() => all[0]);
            await Assert.ThrowsAsync<EndpointsUnavailableException>(() => all[1]);

            Assert.InRange(simulation.Now.TotalSeconds, 10, 60);
            Assert.All(pool.Pool.Snapshot(), status => Assert.Equal(0, status.InFlight));
        });

    [Theory]
    [InlineData(300_000)]
    [InlineData(3_600_000)]
    public void While_an_endpoint_loads_its_model_no_picture_waits_for_it_that_another_one_can_answer(double loading) =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("loads", 1, 100), new("ready", 1, 100)];
            var pool = new SimulatedPool(simulation, servers, o => o with { Timeout = TimeSpan.FromSeconds(20) });
            servers[0].Failure = () => new EndpointFailureException(FailureKind.Unreachable, "gone");
            await WarmUpAsync(pool, 4);
            (servers[0].Failure, servers[0].Milliseconds) = (() => null, loading);
            await simulation.Wait(60);
            var start = simulation.Now;

            // Far too few requests for the budget of repetitions.
            await WarmUpAsync(pool, 4);

            Assert.InRange(servers[0].Probes, 1, 3);
            Assert.InRange((simulation.Now - start).TotalSeconds, 0, 12);
        });

    [Fact]
    public void The_first_answer_may_take_long_because_the_model_is_being_loaded() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 2, 25_000);
            var pool = new SimulatedPool(simulation, [server]);

            var first = pool.AskAsync();
            await simulation.Wait(20);
            Assert.Equal(EndpointState.Healthy, pool.Status("only").State);

            Assert.Equal("only", await first);
        });

    [Fact]
    public void An_endpoint_that_hung_until_the_time_was_over_is_probed_before_it_gets_work_again() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 4, 100);
            var pool = new SimulatedPool(simulation, [server], o => o with { Timeout = TimeSpan.FromSeconds(10) });
            await WarmUpAsync(pool, 20);
            var before = server.Arrivals.Count;
            server.Hangs = true;

            var all = Enumerable.Range(0, 20).Select(_ => pool.AskAsync()).ToList();
            await simulation.Wait(10.5);
            Assert.Equal(4, server.Arrivals.Count - before);
            Assert.Equal(EndpointState.Open, pool.Status("only").State);
            server.Hangs = false;
            await Task.WhenAll(all);

            var probe = server.Arrivals[before + 4];
            Assert.InRange((probe - server.Arrivals[before]).TotalSeconds, 14, 16);
            Assert.All(server.Arrivals[(before + 5)..], arrival => Assert.True(arrival > probe));
        });

    [Fact]
    public void When_all_who_waited_for_a_hanging_endpoint_gave_up_it_is_probed_first() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("sleepy", 4, 100), new("awake", 4, 100)];
            var pool = new SimulatedPool(simulation, servers);
            await WarmUpAsync(pool, 20);
            servers[0].Hangs = true;
            using var giveUp = new CancellationTokenSource();
            var stuck = Enumerable.Range(0, 8).Select(_ => pool.AskAsync(giveUp.Token)).ToList();
            await simulation.Wait(3);
            Simulation.Cancel(giveUp);
            await simulation.Wait(0.1);
            Assert.Equal(EndpointState.Open, pool.Status("sleepy").State);
            var before = servers[0].Arrivals.Count;

            await WarmUpAsync(pool, 200);

            Assert.InRange(servers[0].Arrivals.Count - before, 0, 1);
            Assert.Equal(8, stuck.Count(task => task.IsCompleted));
        });

    [Fact]
    public void A_server_that_became_slower_for_good_is_soon_no_longer_taken_for_silent() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 2, 500);
            var pool = new SimulatedPool(simulation, [server]);
            await WarmUpAsync(pool, 100);
            server.Milliseconds = 6000;
            await WarmUpAsync(pool, 60);

            var states = new HashSet<EndpointState>();
            var more = WarmUpAsync(pool, 20);
            while (!more.IsCompleted)
            {
                states.Add(pool.Status("only").State);
                await simulation.Wait(0.1);
            }

            Assert.Equal([EndpointState.Healthy], states);
        });
}

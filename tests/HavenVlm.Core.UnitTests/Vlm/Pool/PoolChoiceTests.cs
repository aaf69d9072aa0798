namespace HavenVlm.Core.UnitTests.Vlm.Pool;

public sealed class PoolChoiceTests
{
    [Fact]
    public void Work_is_spread_by_weight_while_there_is_room() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("heavy", 10, 100), new("light", 10, 100)];
            var pool = new SimulatedPool(
                simulation,
                servers,
                o => o with { Weight = o.Name.Equals("heavy", StringComparison.Ordinal) ? 3 : 1 }
            );

            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => pool.AskAsync()));

            Assert.Equal((6, 2), (servers[0].Arrivals.Count, servers[1].Arrivals.Count));
        });

    [Fact]
    public void Equal_endpoints_take_turns_when_one_request_comes_at_a_time() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("a", 4, 10), new("b", 4, 10), new("c", 4, 10)];
            var pool = new SimulatedPool(simulation, servers);

            for (var i = 0; i < 9; i++)
            {
                await pool.AskAsync();
            }

            Assert.All(servers, server => Assert.Equal(3, server.Arrivals.Count));
        });

    [Fact]
    public void A_full_endpoint_leaves_the_work_to_others_whatever_the_weights() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("heavy", 2, 100), new("light", 2, 100)];
            var pool = new SimulatedPool(
                simulation,
                servers,
                o => o with { Weight = o.Name.Equals("heavy", StringComparison.Ordinal) ? 100 : 1 }
            );

            await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => pool.AskAsync()));

            Assert.All(servers, server => Assert.Equal((20, 2), (server.Arrivals.Count, server.MaxInFlight)));
        });

    [Fact]
    public void Serves_waiting_requests_in_order() =>
        Simulation.Run(async simulation =>
        {
            var pool = new SimulatedPool(simulation, [new("only", 1, 10)]);
            var served = new List<int>();

            await Task.WhenAll(
                Enumerable
                    .Range(0, 50)
                    .Select(async i =>
                    {
                        await pool.AskAsync();
                        served.Add(i);
                    })
            );

            Assert.Equal(Enumerable.Range(0, 50), served);
        });

    [Fact]
    public void A_cancelled_waiter_leaves_the_queue_and_takes_no_slot() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 1, 1000);
            var pool = new SimulatedPool(simulation, [server]);
            var first = pool.AskAsync();
            using var giveUp = new CancellationTokenSource();
            var second = pool.AskAsync(giveUp.Token);
            var third = pool.AskAsync();
            await simulation.Wait(0.1);
            Assert.Equal((1, 2), (pool.Status("only").InFlight, pool.Status("only").Waiting));

            Simulation.Cancel(giveUp);

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
            Assert.InRange(simulation.Now.TotalSeconds, 0.1, 0.5);
            Assert.Equal(1, pool.Status("only").Waiting);
            await Task.WhenAll(first, third);
            Assert.Equal(2, server.Arrivals.Count);
        });

    [Fact]
    public void Cancelling_in_flight_ends_the_request_and_frees_the_slot() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 1, 1000);
            var pool = new SimulatedPool(simulation, [server]);
            using var giveUp = new CancellationTokenSource();
            var first = pool.AskAsync(giveUp.Token);
            await simulation.Wait(0.1);

            Simulation.Cancel(giveUp);

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
            Assert.Equal((0, 0), (server.InFlight, pool.Status("only").InFlight));
            Assert.Equal("only", await pool.AskAsync());
        });
}

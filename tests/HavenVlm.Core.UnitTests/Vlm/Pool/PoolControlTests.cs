using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool;

namespace HavenVlm.Core.UnitTests.Vlm.Pool;

public sealed class PoolControlTests
{
    [Fact]
    public void A_paused_endpoint_gets_nothing_and_what_is_out_goes_on() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("a", 2, 1000), new("b", 2, 1000)];
            var pool = new SimulatedPool(simulation, servers);
            var all = Enumerable.Range(0, 10).Select(_ => pool.AskAsync()).ToList();
            await simulation.Wait(0.1);

            Assert.True(pool.Pool.SetPaused("A", paused: true));
            await Task.WhenAll(all);

            Assert.Equal((2, 8), (servers[0].Arrivals.Count, servers[1].Arrivals.Count));
            Assert.Equal(EndpointState.Paused, pool.Status("a").State);
            Assert.False(pool.Pool.SetPaused("nobody", paused: true));
        });

    [Fact]
    public void Reports_that_all_endpoints_are_paused_and_serves_after_a_resume() =>
        Simulation.Run(async simulation =>
        {
            var pool = new SimulatedPool(simulation, [new("only", 1, 100)]);
            pool.Pool.SetPaused("only", paused: true);

            var away = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());
            pool.Pool.SetPaused("only", paused: false);

            Assert.Contains("only is paused since", away.Message, StringComparison.Ordinal);
            Assert.False(away.NeedsUser);
            Assert.Equal("only", await pool.AskAsync());
        });

    [Fact]
    public void A_pause_of_all_ends_by_itself_at_its_time() =>
        Simulation.Run(
            async simulation =>
            {
                SimulatedServer[] servers = [new("a", 1, 100), new("b", 1, 100)];
                var pool = new SimulatedPool(simulation, servers);
                var until = simulation.Time.GetUtcNow() + TimeSpan.FromHours(2);
                pool.Pool.PauseAll(until);

                var away = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());
                Assert.Contains($"a is paused until {until.ToLocalTime():yyyy-MM-dd HH:mm} since", away.Message, StringComparison.Ordinal);
                Assert.Equal([EndpointState.Paused, EndpointState.Paused], pool.Pool.Snapshot().Select(status => status.State));
                await simulation.Wait(7200);

                await pool.AskAsync();
                Assert.Equal([EndpointState.Healthy, EndpointState.Healthy], pool.Pool.Snapshot().Select(status => status.State));
            },
            atMost: TimeSpan.FromHours(3)
        );

    [Fact]
    public void Resumed_early_they_serve_at_once() =>
        Simulation.Run(async simulation =>
        {
            var pool = new SimulatedPool(simulation, [new("only", 1, 100)]);
            pool.Pool.PauseAll(simulation.Time.GetUtcNow() + TimeSpan.FromHours(2));
            pool.Pool.PauseAll(until: null);

            Assert.Equal("only", await pool.AskAsync());
        });

    [Fact]
    public void Outside_its_hours_an_endpoint_gets_nothing() =>
        Simulation.Run(async simulation =>
        {
            // The simulation begins at noon.
            SimulatedServer[] servers = [new("night", 2, 100), new("day", 2, 100)];
            var pool = new SimulatedPool(
                simulation,
                servers,
                o => o with { Hours = o.Name.Equals("night", StringComparison.Ordinal) ? "22:00-08:00, 12:01-12:02" : "" }
            );

            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => pool.AskAsync()));
            Assert.Equal(EndpointState.OutOfHours, pool.Status("night").State);
            Assert.Empty(servers[0].Arrivals);
            await simulation.Wait(62);
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => pool.AskAsync()));

            Assert.Equal(5, servers[0].Arrivals.Count);
        });

    [Fact]
    public void Outside_all_hours_callers_get_the_time_to_retry() =>
        Simulation.Run(async simulation =>
        {
            var pool = new SimulatedPool(simulation, [new("night", 2, 100)], o => o with { Hours = "12:10-13:00" });

            var away = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());

            Assert.InRange(away.RetryAfter.TotalMinutes, 9.9, 10);
            Assert.Contains("out of its hours", away.Message, StringComparison.Ordinal);
        });

    [Fact]
    public void An_endpoint_added_while_running_takes_its_share_of_who_waits() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("old", 1, 1000), new("new", 1, 1000)];
            var pool = new SimulatedPool(simulation, servers);
            pool.Reconfigure(o => o.Name.Equals("old", StringComparison.Ordinal) ? o : null);
            var all = Enumerable.Range(0, 10).Select(_ => pool.AskAsync()).ToList();
            await simulation.Wait(0.1);

            pool.Settings.Replace(
                pool.Settings.Current with
                {
                    Vlm = pool.Settings.Current.Vlm with { Endpoints = [.. servers.Select(SimulatedPool.Options)] },
                }
            );
            await Task.WhenAll(all);

            Assert.Equal((5, 5), (servers[0].Arrivals.Count, servers[1].Arrivals.Count));
        });

    [Fact]
    public void An_endpoint_removed_while_running_finishes_what_it_has() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("goes", 2, 1000), new("stays", 2, 1000)];
            var pool = new SimulatedPool(simulation, servers);
            var all = Enumerable.Range(0, 8).Select(_ => pool.AskAsync()).ToList();
            await simulation.Wait(0.1);

            pool.Reconfigure(o => o.Name.Equals("goes", StringComparison.Ordinal) ? null : o);
            var answers = await Task.WhenAll(all);

            Assert.Equal((2, 6), (answers.Count(a => a[0] == 'g'), answers.Count(a => a[0] == 's')));
            Assert.Equal(["stays"], pool.Pool.Snapshot().Select(status => status.Name));
        });

    [Fact]
    public void More_slots_in_the_configuration_are_used_at_once_and_fewer_are_kept_to() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 1, 1000);
            var pool = new SimulatedPool(simulation, [server]);
            var all = Enumerable.Range(0, 20).Select(_ => pool.AskAsync()).ToList();
            await simulation.Wait(0.1);

            pool.Reconfigure(o => o with { MaxConcurrent = 4 });
            await simulation.Wait(0.1);
            Assert.Equal(4, server.InFlight);
            pool.Reconfigure(o => o with { MaxConcurrent = 2 });
            await simulation.Wait(2);
            Assert.Equal(2, server.InFlight);

            await Task.WhenAll(all);
        });

    [Fact]
    public void A_changed_connection_keeps_the_promise_of_slots_with_what_is_still_out_on_the_old_one() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 2, 1000);
            var pool = new SimulatedPool(simulation, [server]);
            var all = Enumerable.Range(0, 10).Select(_ => pool.AskAsync()).ToList();
            await simulation.Wait(0.1);

            pool.Reconfigure(o => o with { ApiKey = "other" });
            var answers = await Task.WhenAll(all);

            Assert.Equal((10, 2), (answers.Length, server.MaxInFlight));
        });

    [Fact]
    public void Two_pools_over_the_same_slots_together_keep_the_promise() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("shared", 3, 100);
            var slots = new SemaphoreSlots();
            SimulatedPool[] pools = [new(simulation, [server], slots: slots), new(simulation, [server], slots: slots)];

            await Task.WhenAll(Enumerable.Range(0, 60).Select(i => pools[i % 2].AskAsync()));

            Assert.Equal(3, server.MaxInFlight);
            Assert.InRange(simulation.Now.TotalSeconds, 2, 2.2);
        });

    [Fact]
    public void A_request_whose_slot_is_lost_is_ended_and_made_again() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 1, 1000);
            await using var slots = new LosableSlots();
            var pool = new SimulatedPool(simulation, [server], slots: slots);
            var request = pool.AskAsync();
            await simulation.Wait(0.5);

            slots.Lose();

            Assert.Equal("only", await request);
            Assert.Equal((2, 1), (server.Arrivals.Count, server.MaxInFlight));
            Assert.Equal(0, pool.Status("only").Errors);
        });

    [Fact]
    public void Publishes_state_changes() =>
        Simulation.Run(async simulation =>
        {
            var pool = new SimulatedPool(simulation, [new("only", 1, 100)]);
            var told = new List<EndpointState>();
            pool.Pool.Changed += () => told.Add(pool.Status("only").State);

            pool.Pool.SetPaused("only", paused: true);
            pool.Pool.SetPaused("only", paused: true);
            pool.Pool.SetPaused("only", paused: false);
            await pool.AskAsync();

            Assert.Equal([EndpointState.Paused, EndpointState.Healthy], told);
        });

    [Fact]
    public void The_status_reports_the_counts_of_an_endpoint() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 2, 100);
            server.Failure = () => server.Arrivals.Count == 3 ? new(HavenVlm.Core.Vlm.Endpoints.FailureKind.Server, "HTTP 500") : null;
            var pool = new SimulatedPool(simulation, [server]);
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => pool.AskAsync()));

            var status = pool.Status("only");

            Assert.Equal((11L, 1L, 0L), (status.Requests, status.Errors, status.Hedged));
            Assert.Equal((2, 0, 0, false), (status.Slots, status.InFlight, status.Waiting, status.IsAdaptive));
            Assert.InRange(status.LatencyP50!.Value.TotalMilliseconds, 100, 103);
            Assert.Equal("HTTP 500", status.LastError);
            Assert.NotNull(status.LastErrorAt);
        });

    [Fact]
    public void So_many_pictures_are_worth_preparing_that_no_slot_waits() =>
        Simulation.Run(simulation =>
        {
            SimulatedServer[] servers = [new("a", 8, 100), new("b", 4, 100), new("fallback", 16, 100)];
            var pool = new SimulatedPool(simulation, servers, o => o with { IsFallback = o.Name.Length > 1 });
            Assert.Equal(24, pool.Pool.PicturesWorthPreparing);
            pool.Pool.SetPaused("a", paused: true);
            Assert.Equal(8, pool.Pool.PicturesWorthPreparing);
            pool.Pool.SetPaused("b", paused: true);
            Assert.Equal(32, pool.Pool.PicturesWorthPreparing);
            pool.Pool.SetPaused("fallback", paused: true);
            Assert.Equal(2, pool.Pool.PicturesWorthPreparing);
            return Task.CompletedTask;
        });

    [Fact]
    public void Putting_the_pool_down_ends_what_is_out() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("sleepy", 2, 100), new("awake", 2, 100)];
            var pool = new SimulatedPool(simulation, servers);
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => pool.AskAsync()));
            servers[0].Hangs = true;
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pool.AskAsync()));
            Assert.Equal(2, servers[0].InFlight);

            await pool.Pool.DisposeAsync();

            Assert.Equal(0, servers[0].InFlight);
        });

    private sealed class LosableSlots : IEndpointSlots, IAsyncDisposable
    {
        private CancellationTokenSource _lost = new();

        public event Action<string>? Released;

        public ValueTask<IEndpointSlot?> TryAcquireAsync(string endpoint, int maxConcurrent, CancellationToken cancellationToken) =>
            new(new Slot(_lost.Token));

        public void Lose()
        {
            var lost = _lost;
            _lost = new CancellationTokenSource();
            Simulation.Cancel(lost);
            Released?.Invoke("only");
        }

        public ValueTask DisposeAsync()
        {
            _lost.Dispose();
            return ValueTask.CompletedTask;
        }

        private sealed class Slot(CancellationToken lost) : IEndpointSlot
        {
            public CancellationToken Lost => lost;

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}

using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.UnitTests.Vlm.Pool;

public sealed class PoolFailureTests
{
    private static EndpointFailureException Failure(FailureKind kind, TimeSpan? retryAfter = null) =>
        new(kind, "scripted " + kind, retryAfter);

    [Theory]
    [InlineData(nameof(FailureKind.Request), 1)]
    [InlineData(nameof(FailureKind.TooLarge), 1)]
    [InlineData(nameof(FailureKind.Empty), 2)]
    [InlineData(nameof(FailureKind.Unusable), 2)]
    [InlineData(nameof(FailureKind.Cut), 2)]
    [InlineData(nameof(FailureKind.Refused), 2)]
    [InlineData(nameof(FailureKind.Timeout), 3)]
    [InlineData(nameof(FailureKind.Server), 4)]
    public void A_picture_is_worth_so_many_requests(string kind, int requests) =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("a", 1, 10), new("b", 1, 10), new("c", 1, 10)];
            var pool = new SimulatedPool(simulation, servers);

            var failure = await Assert.ThrowsAsync<EndpointFailureException>(() =>
                pool.AskBadPictureAsync(() => Failure(Enum.Parse<FailureKind>(kind)))
            );

            Assert.Equal(kind, failure.Kind.ToString());
            // A failure that may be the endpoint's is recognized by one request with another picture.
            var looks = Enum.Parse<FailureKind>(kind).IsAmbiguous() ? 1 : 0;
            Assert.Equal(looks, servers.Sum(server => server.Probes));
            Assert.Equal(requests + looks, servers.Sum(server => server.Arrivals.Count));
            Assert.All(servers, server => Assert.InRange(server.Arrivals.Count, 0, 3));
        });

    [Theory]
    [InlineData(nameof(FailureKind.Empty), 2)]
    [InlineData(nameof(FailureKind.Unusable), 2)]
    [InlineData(nameof(FailureKind.Refused), 1)]
    [InlineData(nameof(FailureKind.Cut), 1)]
    public void With_one_endpoint_only_what_may_turn_out_otherwise_is_asked_again(string kind, int requests) =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 1, 10) { Failure = () => Failure(Enum.Parse<FailureKind>(kind)) };
            var pool = new SimulatedPool(simulation, [server]);

            await Assert.ThrowsAsync<EndpointFailureException>(() => pool.AskAsync());

            Assert.Equal(requests, server.Arrivals.Count);
        });

    [Fact]
    public void The_first_request_after_an_absence_has_time_to_load_the_model() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 1, 10) { Failure = () => Failure(FailureKind.Unreachable) };
            var pool = new SimulatedPool(simulation, [server], each: options => options with { Timeout = TimeSpan.FromSeconds(20) });
            await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());

            // Loading takes longer than the timeout, and ends when the request that asked for it is given up.
            (server.Failure, server.Milliseconds) = (() => null, 300_000);
            await simulation.Wait(60);
            var before = server.Probes;
            var asking = pool.AskAsync();
            await simulation.Wait(290);
            server.Milliseconds = 10;

            Assert.Equal("only", await asking);
            Assert.Equal(1, server.Probes - before);
        });

    [Fact]
    public void A_server_that_did_not_answer_in_time_gets_twice_as_long_at_each_look() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 1, 150_000);
            var pool = new SimulatedPool(simulation, [server], each: options => options with { Timeout = TimeSpan.FromSeconds(20) });

            // 20 s, 40 s and 80 s are too short for the load, 160 s are enough.
            var asking = AskUntilAnsweredAsync(simulation, pool);
            while (server.Probes < 3)
            {
                await simulation.Wait(1);
            }

            server.Milliseconds = 10;
            await asking;
            Assert.Equal(3, server.Probes);
        });

    private static async Task AskUntilAnsweredAsync(Simulation simulation, SimulatedPool pool)
    {
        while (true)
        {
            try
            {
                await pool.AskAsync();
                return;
            }
            catch (Exception e) when (e is EndpointsUnavailableException or EndpointFailureException)
            {
                await simulation.Wait(5);
            }
        }
    }

    [Fact]
    public void The_first_request_after_an_absence_still_stops_at_once() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 1, 10) { Failure = () => Failure(FailureKind.Unreachable) };
            var pool = new SimulatedPool(simulation, [server]);
            await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());
            (server.Failure, server.Milliseconds) = (() => null, 300_000);
            await simulation.Wait(60);
            using var terminate = new CancellationTokenSource();
            var asking = pool.AskAsync(terminate.Token);
            await simulation.Wait(130);
            Assert.Equal(1, server.InFlight);

            Simulation.Cancel(terminate);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

            Assert.Equal(0, server.InFlight);
        });

    [Fact]
    public void An_answer_that_takes_too_long_names_the_setting() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 1, 300_000);
            var pool = new SimulatedPool(simulation, [server], each: options => options with { Timeout = TimeSpan.FromSeconds(20) });
            using var enough = new CancellationTokenSource();
            var asking = pool.AskAsync(enough.Token);
            await simulation.Wait(21);

            Assert.Equal("no answer within 20 s (raise timeout of endpoint only if its model takes longer)", pool.Status("only").LastError);
            Simulation.Cancel(enough);
            await Assert.ThrowsAnyAsync<Exception>(() => asking);
        });

    [Theory]
    [InlineData(nameof(FailureKind.Request))]
    [InlineData(nameof(FailureKind.Server))]
    [InlineData(nameof(FailureKind.Timeout))]
    [InlineData(nameof(FailureKind.Down))]
    public void An_endpoint_at_which_everything_fails_for_a_while_costs_no_picture_its_tries(string kind) =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 4, 100);
            server.Failure = () => simulation.Now.TotalSeconds is > 2 and < 22 ? Failure(Enum.Parse<FailureKind>(kind)) : null;
            var pool = new SimulatedPool(simulation, [server]);

            await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => AskPatientlyAsync(simulation, pool)));

            Assert.InRange(server.Probes, 2, 20);
            Assert.InRange(server.Arrivals.Count - server.Probes, 200, 220);
            Assert.Equal(EndpointState.Healthy, pool.Status("only").State);
        });

    [Theory]
    [InlineData(nameof(FailureKind.Request), 1)]
    [InlineData(nameof(FailureKind.Server), 12)]
    [InlineData(nameof(FailureKind.Timeout), 9)]
    [InlineData(nameof(FailureKind.Down), 6)]
    public void Pictures_that_bring_an_endpoint_down_are_given_up_and_all_others_are_answered(string kind, int most) =>
        Simulation.Run(
            async simulation =>
            {
                var server = new SimulatedServer("only", 4, 100);
                var pool = new SimulatedPool(simulation, [server]);
                var bad = Enumerable
                    .Range(0, 6)
                    .Select(_ =>
                        Assert.ThrowsAsync<EndpointFailureException>(() =>
                            pool.AskBadPictureAsync(() => Failure(Enum.Parse<FailureKind>(kind)))
                        )
                    )
                    .ToList();
                var good = Enumerable.Range(0, 20).Select(_ => pool.AskAsync()).ToList();

                await Task.WhenAll(good);
                await Task.WhenAll(bad);

                Assert.InRange(server.Arrivals.Count - server.Probes - good.Count, bad.Count, most * bad.Count);
            },
            atMost: TimeSpan.FromMinutes(10)
        );

    [Fact]
    public void A_denial_of_one_picture_refuses_it_and_the_endpoint_goes_on() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("a", 1, 10), new("b", 1, 10)];
            var pool = new SimulatedPool(simulation, servers);

            var failure = await Assert.ThrowsAsync<EndpointFailureException>(() =>
                pool.AskBadPictureAsync(() =>
                    new(FailureKind.Misconfigured, "access is denied") { IfOfPicture = "it refuses this picture" }
                )
            );

            Assert.Equal((FailureKind.Refused, "it refuses this picture"), (failure.Kind, failure.Message));
            Assert.All(servers, server => Assert.Equal((2, 1), (server.Arrivals.Count, server.Probes)));
            Assert.All(servers, server => Assert.Equal(EndpointState.Healthy, pool.Status(server.Name).State));
        });

    [Fact]
    public void A_denial_of_every_picture_takes_the_endpoint_out() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 1, 10)
            {
                Failure = () => new(FailureKind.Misconfigured, "access is denied") { IfOfPicture = "it refuses this picture" },
            };
            var pool = new SimulatedPool(simulation, [server]);

            var away = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());

            Assert.True(away.NeedsUser);
            Assert.Contains("access is denied", away.Message, StringComparison.Ordinal);
        });

    // As scenes ask: while no endpoint takes requests they wait and ask again.
    private static async Task<string> AskPatientlyAsync(Simulation simulation, SimulatedPool pool)
    {
        for (; ; )
        {
            try
            {
                return await pool.AskAsync();
            }
            catch (EndpointsUnavailableException e)
            {
                await Task.Delay(e.RetryAfter, simulation.Time);
            }
        }
    }

    [Fact]
    public void A_failed_request_is_answered_by_another_endpoint() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("bad", 4, 10), new("good", 4, 10)];
            servers[0].Failure = () => Failure(FailureKind.Server);
            var pool = new SimulatedPool(simulation, servers);

            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => pool.AskAsync()));

            Assert.All(answers, answer => Assert.Equal("good", answer));
        });

    [Fact]
    public void One_error_in_five_does_not_take_an_endpoint_out_and_every_picture_is_answered() =>
        Simulation.Run(async simulation =>
        {
            var random = new Random(3);
            var server = new SimulatedServer("only", 4, 100)
            {
                FailureAfterWork = () => random.NextDouble() < 0.2 ? Failure(FailureKind.Server) : null,
            };
            var pool = new SimulatedPool(simulation, [server]);

            var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => pool.AskAsync()));

            Assert.Equal(200, answers.Length);
            Assert.InRange(server.Arrivals.Count, 220, 290);
            Assert.InRange(simulation.Now.TotalSeconds, 5, 10);
        });

    [Fact]
    public void Five_failures_in_a_row_open_the_breaker_and_one_good_probe_closes_it() =>
        Simulation.Run(async simulation =>
        {
            var isBroken = true;
            var server = new SimulatedServer("only", 8, 100) { FailureAfterWork = () => isBroken ? Failure(FailureKind.Server) : null };
            var pool = new SimulatedPool(simulation, [server]);
            var all = Enumerable.Range(0, 8).Select(_ => pool.AskAsync()).ToList();

            await simulation.Wait(0.5);
            Assert.Equal(EndpointState.Open, pool.Status("only").State);
            Assert.Equal(8, server.Arrivals.Count);
            isBroken = false;
            await Task.WhenAll(all);

            Assert.Equal(EndpointState.Healthy, pool.Status("only").State);
            // A probe alone, then all others at once.
            var probe = server.Arrivals[8];
            Assert.All(server.Arrivals[9..], arrival => Assert.InRange((arrival - probe).TotalMilliseconds, 100, 110));
        });

    [Fact]
    public void Retry_After_is_kept_to_and_costs_no_request() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 2, 100);
            server.Failure = () => server.Arrivals.Count <= 2 ? Failure(FailureKind.Overloaded, TimeSpan.FromSeconds(3)) : null;
            var pool = new SimulatedPool(simulation, [server]);

            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pool.AskAsync()));

            Assert.Equal(4, answers.Length);
            Assert.Equal(6, server.Arrivals.Count);
            Assert.InRange((server.Arrivals[2] - server.Arrivals[1]).TotalSeconds, 3, 3.1);
        });

    [Fact]
    public void Overloaded_endpoints_leave_the_work_to_others() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("full", 2, 100), new("free", 2, 100)];
            servers[0].Failure = () => Failure(FailureKind.Overloaded, TimeSpan.FromMinutes(2));
            var pool = new SimulatedPool(simulation, servers);

            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => pool.AskAsync()));

            Assert.InRange(servers[0].Arrivals.Count, 1, 2);
        });

    [Fact]
    public void A_storm_of_429_without_Retry_After_is_met_with_growing_patience() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 4, 100) { Failure = () => Failure(FailureKind.Overloaded) };
            var pool = new SimulatedPool(simulation, [server]);

            var all = Enumerable.Range(0, 20).Select(_ => pool.AskAsync()).ToList();
            foreach (var request in all)
            {
                await Assert.ThrowsAsync<EndpointsUnavailableException>(() => request);
            }

            Assert.InRange(server.Arrivals.Count, 4, 8);
        });

    [Fact]
    public void A_short_absence_is_waited_for() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 2, 100)
            {
                Failure = () => simulation.Now < TimeSpan.FromSeconds(4) ? Failure(FailureKind.Unreachable) : null,
            };
            var pool = new SimulatedPool(simulation, [server]);

            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => pool.AskAsync()));

            Assert.InRange(simulation.Now.TotalSeconds, 4, 9);
        });

    [Fact]
    public void A_long_absence_sends_everybody_away_with_names_reasons_and_a_time() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("one", 2, 100), new("two", 2, 100)];
            servers[0].Failure = () => Failure(FailureKind.Unreachable);
            servers[1].Failure = () => Failure(FailureKind.Misconfigured);
            var pool = new SimulatedPool(simulation, servers);

            var all = Enumerable.Range(0, 10).Select(_ => pool.AskAsync()).ToList();

            foreach (var request in all)
            {
                var away = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => request);
                Assert.Contains("one is away since 2026-01-05", away.Message, StringComparison.Ordinal);
                Assert.Contains("scripted Unreachable", away.Message, StringComparison.Ordinal);
                Assert.Contains("two is misconfigured", away.Message, StringComparison.Ordinal);
                Assert.InRange(away.RetryAfter.TotalSeconds, 1, 30);
                Assert.False(away.NeedsUser);
            }

            Assert.InRange(simulation.Now.TotalSeconds, 3, 15);
        });

    [Fact]
    public void Asking_again_during_an_absence_costs_one_probe_at_most() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 8, 100) { Failure = () => Failure(FailureKind.Unreachable) };
            var pool = new SimulatedPool(simulation, [server]);
            await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());
            var before = server.Arrivals.Count;

            for (var i = 0; i < 50; i++)
            {
                await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());
            }

            Assert.InRange(server.Arrivals.Count, before, before + 2);
        });

    [Fact]
    public void Reports_the_true_start_of_an_outage_after_many_status_calls() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 8, 100) { Failure = () => Failure(FailureKind.Unreachable) };
            var pool = new SimulatedPool(simulation, [server]);

            while (simulation.Now < TimeSpan.FromMinutes(5))
            {
                await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());
                await simulation.Wait(10);
            }

            Assert.InRange(server.Arrivals.Count, 10, 100);
            Assert.InRange((pool.Status("only").Since - simulation.Time.Start).TotalSeconds, 0, 1);
        });

    [Fact]
    public void Reports_at_once_what_only_a_person_can_fix() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("only", 4, 100) { Failure = () => Failure(FailureKind.Misconfigured) };
            var pool = new SimulatedPool(simulation, [server]);

            var away = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());

            Assert.True(away.NeedsUser);
            Assert.Equal(EndpointState.Misconfigured, pool.Status("only").State);
            Assert.InRange(simulation.Now.TotalSeconds, 0, 0.1);
        });

    [Fact]
    public void A_misconfigured_endpoint_is_asked_again_seldom() =>
        Simulation.Run(async simulation =>
        {
            SimulatedServer[] servers = [new("wrong", 1, 100), new("right", 1, 100)];
            servers[0].Failure = () => Failure(FailureKind.Misconfigured);
            var pool = new SimulatedPool(simulation, servers);

            while (simulation.Now < TimeSpan.FromMinutes(11))
            {
                await pool.AskAsync();
                await simulation.Wait(1);
            }

            Assert.Equal(3, servers[0].Arrivals.Count);
        });

    [Fact]
    public void A_changed_configuration_or_a_resume_lets_it_be_asked_at_once() =>
        Simulation.Run(async simulation =>
        {
            var isWrong = true;
            var server = new SimulatedServer("only", 1, 100) { Failure = () => isWrong ? Failure(FailureKind.Misconfigured) : null };
            var pool = new SimulatedPool(simulation, [server]);
            await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());
            await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());
            Assert.Single(server.Arrivals);

            pool.Reconfigure(options => options with { Weight = 2 });
            await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());
            Assert.Equal(2, server.Arrivals.Count);
            isWrong = false;
            pool.Pool.SetPaused("only", paused: false);

            Assert.Equal("only", await pool.AskAsync());
        });

    [Fact]
    public void A_failure_of_ours_inside_a_request_fails_that_request_only() =>
        Simulation.Run(async simulation =>
        {
            var pool = new SimulatedPool(simulation, [new("only", 1, 100)]);

            var failure = await Assert.ThrowsAsync<EndpointFailureException>(() =>
                pool.Pool.RunAsync<string>((_, _) => throw new InvalidDataException("a bug"), probe: null, CancellationToken.None)
            );

            Assert.Equal("a bug", failure.Message);
            Assert.Equal(0, pool.Status("only").InFlight);
            Assert.Equal("only", await pool.AskAsync());
        });

    [Fact]
    public void Without_endpoints_a_person_is_needed() =>
        Simulation.Run(async simulation =>
        {
            var pool = new SimulatedPool(simulation, []);

            var away = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => pool.AskAsync());

            Assert.True(away.NeedsUser);
            Assert.Contains("vlm.endpoints", away.Message, StringComparison.Ordinal);
        });
}

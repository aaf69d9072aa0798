using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.UnitTests.Vlm.Pool;

public sealed class AdaptiveLimitTests
{
    // A server that works on so many requests at once and lets the others wait inside.
    private static async Task<(int Limit, double PerSecond)> SettleAsync(Simulation simulation, int parallel, double seconds)
    {
        var server = new QueueingServer(parallel);
        var pool = new SimulatedPool(simulation, [new("adaptive", 0, 0)]);
        var done = 0;
        var callers = Enumerable
            .Range(0, 100)
            .Select(async _ =>
            {
                while (simulation.Now.TotalSeconds < seconds)
                {
                    await pool.Pool.RunAsync((_, _) => server.AnswerAsync(simulation), probe: null, CancellationToken.None);
                    var isCounted = simulation.Now.TotalSeconds > seconds / 2 && simulation.Now.TotalSeconds <= seconds;
                    done += isCounted ? 1 : 0;
                }
            })
            .ToList();
        await simulation.Wait(seconds);
        var limit = pool.Status("adaptive").Slots;
        await Task.WhenAll(callers);
        return (limit, done / (seconds / 2));
    }

    [Fact]
    public void A_server_that_works_on_one_request_at_a_time_gets_few() =>
        Simulation.Run(async simulation =>
        {
            var (limit, perSecond) = await SettleAsync(simulation, parallel: 1, seconds: 60);

            Assert.InRange(limit, 1, 4);
            Assert.InRange(perSecond, 4.8, 5.2);
        });

    [Fact]
    public void A_server_that_works_on_eight_at_once_is_kept_busy() =>
        Simulation.Run(async simulation =>
        {
            var (limit, perSecond) = await SettleAsync(simulation, parallel: 8, seconds: 60);

            Assert.InRange(limit, 8, 16);
            Assert.InRange(perSecond, 38, 41);
        });

    [Fact]
    public void Status_429_halves_the_limit_once_for_all_requests_in_flight() =>
        Simulation.Run(async simulation =>
        {
            var server = new SimulatedServer("adaptive", 0, 200);
            var pool = new SimulatedPool(simulation, [server]);
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => pool.AskAsync()));
            var before = pool.Status("adaptive").Slots;
            Assert.InRange(before, 16, 128);
            server.Failure = () => new EndpointFailureException(FailureKind.Overloaded, "429", TimeSpan.FromSeconds(1));

            var all = Enumerable.Range(0, before).Select(_ => pool.AskAsync()).ToList();
            await simulation.Wait(0.1);

            Assert.Equal(before / 2, pool.Status("adaptive").Slots);
            server.Failure = () => null;
            await Task.WhenAll(all);
        });

    // A semaphore would wake its waiters on other threads, for which simulated time does not wait.
    private sealed class QueueingServer(int parallel)
    {
        private readonly Queue<TaskCompletionSource> _waiting = new();
        private int _free = parallel;

        public async Task<string> AnswerAsync(Simulation simulation)
        {
            if (_free == 0)
            {
                var turn = new TaskCompletionSource();
                _waiting.Enqueue(turn);
                await turn.Task;
            }
            else
            {
                _free--;
            }

            await simulation.Wait(0.2);
            if (_waiting.TryDequeue(out var next))
            {
                next.SetResult();
            }
            else
            {
                _free++;
            }

            return "";
        }
    }
}

namespace HavenVlm.Core.UnitTests.Vlm.Pool.Limits;

/// <summary>A server of the measurements, with the requests that it gets.</summary>
/// <param name="Name">For the output.</param>
/// <param name="Best">The best fixed limit.</param>
/// <param name="Requests">Requests of a run.</param>
/// <param name="New">The server.</param>
/// <param name="Work">Seconds of work and reply tokens of a request of a number.</param>
internal sealed record LimitServer(
    string Name,
    int Best,
    int Requests,
    Func<QueueModel> New,
    Func<int, Random, (double Work, double? Tokens)> Work
)
{
    private const double Noise = 0.3;

    /// <summary>The servers by name.</summary>
    public static IReadOnlyDictionary<string, LimitServer> All { get; } =
        new LimitServer[]
        {
            Slots(1, 300),
            Slots(2, 300),
            Slots(3, 300),
            Slots(4, 300),
            Slots(5, 300),
            Slots(6, 300),
            Slots(8, 300),
            Slots(11, 300),
            Slots(16, 300),
            Slots(24, 300),
            Slots(32, 600),
            // Up to 64 at once: 5.2 answers a second with 19, 7.1 with 64.
            Batching(64, 600),
            Batching(32, 600),
            ByTurns("by turns", hasTokens: true),
            ByTurns("by turns, no tokens", hasTokens: false),
            Refusing(8),
            Refusing(5),
        }.ToDictionary(server => server.Name, StringComparer.Ordinal);

    /// <summary>A run against it under a seed.</summary>
    public (QueueModel Server, Func<int, QueuedRequest> Requests) Under(int seed)
    {
        var random = new Random(seed);
        return (
            New(),
            number =>
            {
                var (work, tokens) = Work(number, random);
                return new QueuedRequest(work, tokens);
            }
        );
    }

    private static double Noisy(Random random, double value) => value * (1 - Noise + (2 * Noise * random.NextDouble()));

    private static LimitServer Slots(int slots, int requests) =>
        new($"{slots} slots", slots, requests, () => new QueueModel { Slots = slots }, (_, random) => (Noisy(random, 1), 40));

    private static LimitServer Batching(int most, int requests) =>
        new(
            $"batches up to {most}",
            most,
            requests,
            () => new QueueModel { Slots = most, Slowness = running => 1.39 + (0.119 * running) },
            (_, random) => (Noisy(random, 1), 40)
        );

    // Short and long replies, as real models give.
    private static LimitServer ByTurns(string name, bool hasTokens) =>
        new(
            name,
            8,
            300,
            () => new QueueModel { Slots = 8 },
            (number, random) => (Noisy(random, number % 2 == 0 ? 0.4 : 2), hasTokens ? (number % 2 == 0 ? 20 : 125) : null)
        );

    private static LimitServer Refusing(int most) =>
        new(
            $"refuses more than {most}",
            most,
            300,
            () => new QueueModel { Slots = most, RefusesFrom = most },
            (_, random) => (Noisy(random, 1), 40)
        );
}

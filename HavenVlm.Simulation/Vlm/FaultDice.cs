namespace HavenVlm.Simulation.Vlm;

/// <summary>Decides by chance, from a seed, what befalls a request; faults put in by hand come first.</summary>
internal sealed class FaultDice(int seed)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Queue<VlmFault> _next = new();

    /// <summary>What befalls the next requests, one each.</summary>
    public void Inject(IEnumerable<VlmFault> faults)
    {
        lock (_lock)
        {
            foreach (var fault in faults)
            {
                _next.Enqueue(fault);
            }
        }
    }

    /// <summary>What befalls this request.</summary>
    public VlmFault Roll(IReadOnlyDictionary<VlmFault, double> rates)
    {
        lock (_lock)
        {
            if (_next.TryDequeue(out var injected))
            {
                return injected;
            }

            var roll = _random.NextDouble();
            foreach (var (fault, rate) in rates.OrderBy(r => r.Key))
            {
                roll -= rate;
                if (roll < 0)
                {
                    return fault;
                }
            }

            return VlmFault.None;
        }
    }

    /// <summary>How long this answer takes.</summary>
    public TimeSpan Latency(VlmBehavior behavior)
    {
        lock (_lock)
        {
            var latency = behavior.Latency + (behavior.Jitter * ((2 * _random.NextDouble()) - 1));
            return latency > TimeSpan.Zero ? latency : TimeSpan.Zero;
        }
    }

    /// <summary>A number below a bound.</summary>
    public int Next(int bound)
    {
        lock (_lock)
        {
            return _random.Next(bound);
        }
    }
}

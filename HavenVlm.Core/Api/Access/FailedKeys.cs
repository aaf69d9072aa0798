using System.Net;
using System.Net.Sockets;

namespace HavenVlm.Core.Api.Access;

/// <summary>
/// Counts wrong keys of each caller, so that keys cannot be tried out: ten at once, then one every six seconds. IPv6 callers own whole
/// networks, so they are counted by the first 64 bits. The memory is bounded: at the bound those who have been quiet longest are forgotten.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class FailedKeys(TimeProvider time)
{
    /// <summary>Wrong keys that a caller may send at once.</summary>
    public const int Burst = 10;

    /// <summary>How many callers are remembered.</summary>
    public const int MaxCallers = 4096;

    private const int NetworkBytes = 8;

    private static readonly TimeSpan RefillInterval = TimeSpan.FromSeconds(6);

    private readonly Lock _lock = new();
    private readonly long _began = time.GetTimestamp();
    private readonly Dictionary<IPAddress, LinkedListNode<Caller>> _callers = [];
    private readonly LinkedList<Caller> _byLastFailure = [];

    /// <summary>How many callers are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _callers.Count;
            }
        }
    }

    /// <summary>How long a caller has to wait before another key of it is checked; zero = not at all.</summary>
    /// <param name="caller">Where the call came from; null = unknown, which counts as one caller.</param>
    public TimeSpan Wait(IPAddress? caller)
    {
        lock (_lock)
        {
            if (!_callers.TryGetValue(Network(caller), out var node))
            {
                return TimeSpan.Zero;
            }

            var wait = node.Value.Full - Now - (RefillInterval * (Burst - 1));
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Counts a wrong key.</summary>
    /// <param name="caller">Where the call came from; null = unknown, which counts as one caller.</param>
    public void Add(IPAddress? caller)
    {
        var network = Network(caller);
        var now = Now;
        lock (_lock)
        {
            var full = now;
            if (_callers.Remove(network, out var node))
            {
                _byLastFailure.Remove(node);
                full = node.Value.Full > now ? node.Value.Full : now;
            }

            _callers[network] = _byLastFailure.AddLast(new Caller(network, full + RefillInterval));
            Forget(now);
        }
    }

    // By the time that passes: a clock that is set back would lock callers out for as long.
    private DateTimeOffset Now => DateTimeOffset.UnixEpoch + time.GetElapsedTime(_began);

    private void Forget(DateTimeOffset now)
    {
        while (_byLastFailure.First is { } oldest && (_callers.Count > MaxCallers || oldest.Value.Full <= now))
        {
            _byLastFailure.RemoveFirst();
            _callers.Remove(oldest.Value.Network);
        }
    }

    private static IPAddress Network(IPAddress? caller)
    {
        if (caller is null)
        {
            return IPAddress.None;
        }

        if (caller.IsIPv4MappedToIPv6)
        {
            return caller.MapToIPv4();
        }

        if (caller.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return caller;
        }

        var bytes = caller.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>A caller and when all of its tries are back.</summary>
    private sealed record Caller(IPAddress Network, DateTimeOffset Full);
}

using System.Net;
using System.Net.Sockets;

namespace HavenVlm.Local.Server;

/// <summary>
/// Bounds open connections, so that nobody who opens many and says nothing keeps others out: so many of each address (of IPv6 its network),
/// so many of all addresses together, and those of this machine apart from both. At a bound the connection that has been idle longest makes
/// room; one that is within a request is never closed, so the newcomer is refused only when all are.
/// </summary>
internal sealed class ConnectionTable(int maxPerAddress, int maxRemote, int maxLoopback)
{
    private const int NetworkBytes = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Group> _groups = [];
    private readonly Group _loopback = new();
    private readonly Group _remote = new();

    /// <summary>Connections open now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _loopback.Count + _remote.Count;
            }
        }
    }

    /// <summary>Takes a connection in; null = there is no room.</summary>
    /// <param name="address">Where it came from; null = unknown, which counts as one address.</param>
    /// <param name="close">Closes it; called at most once, when it has to make room.</param>
    public Connection? Add(IPAddress? address, Action close)
    {
        Connection? evicted;
        Connection? added = null;
        lock (_lock)
        {
            var network = Network(address);
            if (IPAddress.IsLoopback(network))
            {
                if (TryMakeRoom(_loopback, maxLoopback, out evicted))
                {
                    added = new Connection(this, null, _loopback, close);
                }
            }
            else
            {
                var own = _groups.TryGetValue(network, out var known) ? known : new Group();
                if (TryMakeRoom(own, maxPerAddress, out evicted) && (evicted is not null || TryMakeRoom(_remote, maxRemote, out evicted)))
                {
                    _groups[network] = own;
                    added = new Connection(this, network, own, close);
                }
            }

            added?.Enter();
        }

        // Outside of the lock: closing runs code of others.
        evicted?.Close();
        return added;
    }

    private static bool TryMakeRoom(Group group, int max, out Connection? evicted)
    {
        evicted = group.Count < max ? null : group.LongestIdle;
        evicted?.Leave();
        return group.Count < max;
    }

    private static IPAddress Network(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>An open connection; disposed when it ends.</summary>
    internal sealed class Connection : IDisposable
    {
        private readonly ConnectionTable _table;
        private readonly IPAddress? _network;
        private readonly Action _close;
        private readonly (Group Group, LinkedListNode<Connection> Node)[] _places;
        private int _requests;
        private bool _hasLeft;

        public Connection(ConnectionTable table, IPAddress? network, Group own, Action close)
        {
            _table = table;
            _network = network;
            _close = close;
            Group[] groups = network is null ? [own] : [own, table._remote];
            _places = [.. groups.Select(group => (group, new LinkedListNode<Connection>(this)))];
        }

        /// <summary>Keeps it open until the request has ended.</summary>
        public void BeginRequest()
        {
            lock (_table._lock)
            {
                _requests++;
                SetIdle(false);
            }
        }

        /// <summary>The request has ended.</summary>
        public void EndRequest()
        {
            lock (_table._lock)
            {
                _requests--;
                SetIdle(_requests == 0);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (_table._lock)
            {
                Leave();
            }
        }

        /// <summary>Counts it; under the lock.</summary>
        public void Enter()
        {
            foreach (var (group, _) in _places)
            {
                group.Count++;
            }

            SetIdle(true);
        }

        /// <summary>Counts it no more; under the lock.</summary>
        public void Leave()
        {
            if (_hasLeft)
            {
                return;
            }

            SetIdle(false);
            _hasLeft = true;
            foreach (var (group, _) in _places)
            {
                group.Count--;
            }

            if (_network is { } network && _places[0].Group.Count == 0)
            {
                _table._groups.Remove(network);
            }
        }

        public void Close() => _close();

        private void SetIdle(bool isIdle)
        {
            foreach (var (group, node) in _places)
            {
                if (isIdle && node.List is null && !_hasLeft)
                {
                    group.Idle.AddLast(node);
                }
                else if (!isIdle && node.List is not null)
                {
                    group.Idle.Remove(node);
                }
            }
        }
    }

    /// <summary>Connections that are counted together.</summary>
    internal sealed class Group
    {
        public int Count { get; set; }

        /// <summary>Those outside of a request, the longest idle first.</summary>
        public LinkedList<Connection> Idle { get; } = [];

        public Connection? LongestIdle => Idle.First?.Value;
    }
}

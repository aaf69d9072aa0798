namespace HavenVlm.Core.Storage;

/// <summary>Locks by name within this process. A name that nobody holds or waits for takes no memory.</summary>
public sealed class NamedLocks
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Names that are held or waited for now.</summary>
    internal int Count
    {
        get
        {
            lock (_entries)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Waits for the lock, first come first served, and holds it until the result is disposed.</summary>
    public async Task<Holder> TakeAsync(string name, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(name, out entry))
            {
                _entries.Add(name, entry = new Entry());
            }

            entry.Users++;
        }

        try
        {
            await entry.Gate.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(name, entry);
            throw;
        }

        return new Holder(this, name, entry);
    }

    private void Leave(string name, Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users == 0)
            {
                _entries.Remove(name);
                entry.Gate.Dispose();
            }
        }
    }

    internal sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }
    }

    /// <summary>A lock that is held; disposing twice is harmless.</summary>
    public sealed class Holder : IDisposable, IAsyncDisposable
    {
        private readonly NamedLocks _owner;
        private readonly string _name;
        private readonly Entry _entry;
        private int _disposed;

        internal Holder(NamedLocks owner, string name, Entry entry)
        {
            _owner = owner;
            _name = name;
            _entry = entry;
        }

        /// <summary>Gives the lock to the next.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                _entry.Gate.Release();
                _owner.Leave(_name, _entry);
            }
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

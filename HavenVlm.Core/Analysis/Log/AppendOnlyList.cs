namespace HavenVlm.Core.Analysis.Log;

/// <summary>A list that only grows; snapshots cost nothing and never change.</summary>
internal sealed class AppendOnlyList<T>
{
    private readonly Lock _sync = new();
    private T[] _items = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_sync)
            {
                return _count;
            }
        }
    }

    public void Add(T item)
    {
        lock (_sync)
        {
            if (_count == _items.Length)
            {
                // Snapshots keep the old array; slots beyond their end are never read.
                Array.Resize(ref _items, Math.Max(16, _count * 2));
            }

            _items[_count++] = item;
        }
    }

    public IReadOnlyList<T> Snapshot()
    {
        lock (_sync)
        {
            return new ArraySegment<T>(_items, 0, _count);
        }
    }
}

namespace HavenVlm.Simulation.Stash.State;

/// <summary>The database: one writer at a time, readers see the last committed state.</summary>
internal sealed class LibraryStore(StashVersion version, TimeProvider time)
{
    private readonly Lock _writing = new();
    private LibraryState _current = new();

    public LibraryState State => Volatile.Read(ref _current);

    public StashVersion Version => version;

    public DateTimeOffset Now => time.GetLocalNow();

    public T Write<T>(Func<LibraryTransaction, T> change)
    {
        lock (_writing)
        {
            var transaction = new LibraryTransaction(_current, version, Now);
            var result = change(transaction);
            Volatile.Write(ref _current, transaction.State);
            return result;
        }
    }

    public void Write(Action<LibraryTransaction> change) =>
        Write(transaction =>
        {
            change(transaction);
            return true;
        });
}

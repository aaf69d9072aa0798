namespace HavenVlm.Simulation.Stash.State;

/// <summary>The database: one writer at a time, readers see the last committed state.</summary>
internal sealed class LibraryStore(StashVersion version, TimeProvider time)
{
    private readonly Lock writing = new();
    private LibraryState current = new();

    public LibraryState State => Volatile.Read(ref current);

    public StashVersion Version => version;

    public DateTimeOffset Now => time.GetLocalNow();

    public T Write<T>(Func<LibraryTransaction, T> change)
    {
        lock (writing)
        {
            var transaction = new LibraryTransaction(current, version, Now);
            var result = change(transaction);
            Volatile.Write(ref current, transaction.State);
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

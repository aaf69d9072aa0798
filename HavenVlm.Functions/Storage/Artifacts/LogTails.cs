namespace HavenVlm.Functions.Storage.Artifacts;

/// <summary>Where the next group of a log goes.</summary>
/// <param name="Part">The part.</param>
/// <param name="Position">Its length.</param>
/// <param name="Blocks">Groups in it.</param>
internal sealed record LogTail(int Part, long Position, int Blocks);

/// <summary>Remembers where logs end, so that an append is one call. What is forgotten or wrong is looked up again.</summary>
internal sealed class LogTails
{
    private const int MaxTails = 2_000;
    private readonly Dictionary<string, LogTail> _tails = new(StringComparer.Ordinal);

    public LogTail? Find(string name)
    {
        lock (_tails)
        {
            return _tails.GetValueOrDefault(name);
        }
    }

    public void Set(string name, LogTail tail)
    {
        lock (_tails)
        {
            if (_tails.Count >= MaxTails)
            {
                _tails.Clear();
            }

            _tails[name] = tail;
        }
    }

    public void Forget(string name)
    {
        lock (_tails)
        {
            _tails.Remove(name);
        }
    }
}

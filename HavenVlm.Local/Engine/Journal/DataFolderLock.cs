using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>Who works on a data folder.</summary>
/// <param name="ProcessId">Number of the process on its machine.</param>
/// <param name="Machine">Name of the machine or container.</param>
/// <param name="Since">When it took the folder.</param>
/// <param name="Address">Where its HTTP API listens; null = it has none, or not yet.</param>
public sealed record DataFolderHolder(int ProcessId, string Machine, DateTimeOffset Since, string? Address)
{
    /// <summary>For messages.</summary>
    public override string ToString() =>
        $"process {ProcessId} on {Machine}, since {Since:yyyy-MM-dd HH:mm:ss} UTC{(Address is null ? "" : $", listening on {Address}")}";
}

/// <summary>Another process works on the data folder.</summary>
public sealed class DataFolderInUseException(string folder, DataFolderHolder? holder)
    : IOException(
        $"The data folder {folder} is in use by {holder?.ToString() ?? "another process"}. "
            + "Stop that one, or use another storage.dataDir."
    )
{
    /// <summary>Who holds it, when it is known.</summary>
    public DataFolderHolder? Holder { get; } = holder;
}

/// <summary>
/// Makes a process the only one that works on a data folder. The lock is the operating system's, so it is gone with the process,
/// however that ended; who holds it is written beside it for others to read. Somebody may delete the lock file of a running process:
/// a folder whose journal is open counts as taken all the same.
/// </summary>
public sealed class DataFolderLock : IDisposable
{
    private const string LockName = "haven.lock";
    private const string HolderName = "haven.lock.json";
    private const int Attempts = 20;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _lock;
    private readonly Lock _gate = new();
    private DataFolderHolder _holder;

    private DataFolderLock(string folder, TimeProvider time)
    {
        Folder = folder;
        _lock = OpenLock(folder);
        _holder = new DataFolderHolder(Environment.ProcessId, Environment.MachineName, time.GetUtcNow(), Address: null);
    }

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Takes a data folder, which is made when missing.</summary>
    /// <exception cref="DataFolderInUseException">Another process has it.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task<DataFolderLock> AcquireAsync(string dataDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(dataDirectory);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(folder, e);
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (TryTake(folder, time) is { } taken)
                {
                    return taken;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw NotWritable(folder, e);
            }

            if (attempt == Attempts)
            {
                throw new DataFolderInUseException(folder, ReadHolder(folder));
            }

            // Somebody who only looks who holds it has it for a moment.
            await Task.Delay(BetweenAttempts, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Who works on a data folder at present, or null when nobody does.</summary>
    public static DataFolderHolder? TryReadHolder(string dataDirectory)
    {
        var folder = Path.GetFullPath(dataDirectory);
        // Taken, but perhaps not yet told by whom.
        return IsLocked(folder) || new JournalFile(folder).IsOpen()
            ? ReadHolder(folder) ?? new DataFolderHolder(0, "an unknown machine", DateTimeOffset.UnixEpoch, Address: null)
            : null;
    }

    /// <summary>Tells others where this process listens.</summary>
    public void SetAddress(string address)
    {
        lock (_gate)
        {
            _holder = _holder with { Address = address };
            WriteHolder();
        }
    }

    /// <summary>Gives the folder up.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_lock.CanWrite)
            {
                File.Delete(Path.Combine(Folder, HolderName));
                Release();
            }
        }
    }

    // The lock file stays: deleting it would let two processes lock two files of the same name.
    private void Release() => _lock.Dispose();

    /// <summary>The folder, or null when it is in use.</summary>
    private static DataFolderLock? TryTake(string folder, TimeProvider time)
    {
        DataFolderLock taken;
        try
        {
            taken = new DataFolderLock(folder, time);
        }
        catch (IOException e) when (IsInUse(e))
        {
            return null;
        }

        if (new JournalFile(folder).IsOpen())
        {
            taken.Release();
            return null;
        }

        taken.WriteHolder();
        return taken;
    }

    private static bool IsLocked(string folder)
    {
        if (!File.Exists(Path.Combine(folder, LockName)))
        {
            return false;
        }

        try
        {
            OpenLock(folder).Dispose();
            return false;
        }
        catch (IOException e) when (IsInUse(e))
        {
            return true;
        }
    }

    private static IOException NotWritable(string folder, Exception e) =>
        new($"The data folder {folder} cannot be written: {e.Message} Give this user the right to, or set storage.dataDir.", e);

    private static FileStream OpenLock(string folder) =>
        new(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>EWOULDBLOCK of Linux and macOS, sharing and lock violation of Windows.</summary>
    private static bool IsInUse(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);

    private static DataFolderHolder? ReadHolder(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<DataFolderHolder>(File.ReadAllText(Path.Combine(folder, HolderName)), HavenJson.Options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private void WriteHolder()
    {
        var path = Path.Combine(Folder, HolderName);
        var next = path + ".new";
        File.WriteAllText(next, JsonSerializer.Serialize(_holder, HavenJson.Options));
        File.Move(next, path, overwrite: true);
    }
}

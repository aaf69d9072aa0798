using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>The journal's database file: where it is and how it is opened.</summary>
internal sealed class JournalFile(string dataDirectory)
{
    private readonly string _connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = PathIn(dataDirectory),
        Pooling = true,
        DefaultTimeout = 1,
        Mode = SqliteOpenMode.ReadWrite,
    }.ToString();

    /// <summary>Whether the file is there. A removed one would still take what is written to it, for nobody.</summary>
    public bool Exists => File.Exists(FullPath);

    /// <summary>Full path of the file.</summary>
    public string FullPath { get; } = PathIn(dataDirectory);

    /// <summary>
    /// Whether somebody has it open, a running engine above all: a connection to a database with a write-ahead log keeps a lock on it
    /// until it closes, also while it does nothing.
    /// </summary>
    public bool IsOpen()
    {
        if (!Exists)
        {
            return false;
        }

        var own = new SqliteConnectionStringBuilder(_connectionString) { Pooling = false };
        try
        {
            using var connection = new SqliteConnection(own.ToString());
            connection.Open();
            // A write-ahead log that a crash left is left here too: the next start must see it and check the database.
            raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            raw.sqlite3_busy_timeout(connection.Handle, 0);
            Pragma(connection, "locking_mode=EXCLUSIVE");
            return raw.sqlite3_exec(connection.Handle, "SELECT 1 FROM sqlite_master LIMIT 1") == raw.SQLITE_BUSY;
        }
        catch (SqliteException)
        {
            // It cannot be opened at all; the start says why.
            return false;
        }
    }

    /// <summary>Opens it for the first time in this process: made when missing, looked over when it was not closed, migrated.</summary>
    /// <returns>Whether the file was there and empty: then whatever it held is gone.</returns>
    /// <exception cref="JournalException">It cannot be used.</exception>
    public bool Prepare(IReadOnlyList<JournalMigration> migrations, DateTimeOffset now)
    {
        try
        {
            Directory.CreateDirectory(dataDirectory);
            // SQLite removes the write-ahead log when it closes: one that is left shows a crash.
            var log = new FileInfo(FullPath + "-wal");
            var crashed = log.Exists && log.Length > 0;
            // SQLite takes an empty file for a new database. Connections do not make one themselves: what is gone must be noticed.
            var wasEmptied = new FileInfo(FullPath) is { Exists: true, Length: 0 } && !crashed;
            File.OpenHandle(FullPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            using var connection = OpenForWriting();
            Pragma(connection, "journal_mode=WAL");
            if (crashed)
            {
                Check(connection);
            }

            JournalSchema.Migrate(connection, FullPath, migrations, now);
            return wasEmptied;
        }
        catch (SqliteException e)
        {
            throw JournalException.From(e, FullPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"The data folder {dataDirectory} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>A connection that reads; several may while one writes.</summary>
    public SqliteConnection OpenForReading()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The connection that writes: every commit is on disk before it is acted upon.</summary>
    public SqliteConnection OpenForWriting()
    {
        var connection = OpenForReading();
        try
        {
            Pragma(connection, "synchronous=FULL");
            // What a burst made of the write-ahead log is given back to the disk.
            Pragma(connection, "journal_size_limit=67108864");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Closes the connections that are kept for reuse.</summary>
    public void Close()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private static string PathIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), "engine.db");

    private static void Pragma(SqliteConnection connection, string pragma)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA {pragma}";
        command.ExecuteNonQuery();
    }

    private void Check(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() as string is not "ok" and var finding)
        {
            throw new JournalException(
                $"The journal {FullPath} is damaged ({finding}). Move it away and start again: "
                    + "running work is found again by its request tags, and answers already paid for are kept in the analysis logs."
            );
        }
    }
}

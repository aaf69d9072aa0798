using HavenVlm.Core.Common;
using Microsoft.Data.Sqlite;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>The journal cannot be opened, read or written. The message says where and how to fix it.</summary>
public sealed class JournalException : UnavailableException
{
    /// <summary>Creates it.</summary>
    public JournalException(string message, Exception? innerException = null)
        : base(message, innerException) { }

    /// <summary>What a failure of SQLite means for the user.</summary>
    internal static JournalException From(SqliteException e, string path) => new(Explain(e, path), e);

    /// <summary>Whether the disk or the file refuses, as opposed to a mistake in what was asked for.</summary>
    internal static bool IsOfStorage(SqliteException e) =>
        e.SqliteErrorCode
            is not (SqliteErrors.Error or SqliteErrors.Constraint or SqliteErrors.Mismatch or SqliteErrors.Misuse or SqliteErrors.Range);

    private static string Explain(SqliteException e, string path) =>
        e.SqliteErrorCode switch
        {
            SqliteErrors.Corrupt or SqliteErrors.NotADatabase => $"The journal {path} is damaged ({e.Message}). "
                + $"Move it away together with {Path.GetFileName(path)}-wal and {Path.GetFileName(path)}-shm and start again: "
                + "running work is found again by its request tags, and answers already paid for are kept in the analysis logs.",
            SqliteErrors.Full => $"The disk that holds the journal {path} is full. Free some space; the work then resumes.",
            SqliteErrors.ReadOnly => $"The journal {path} cannot be written (read-only). "
                + "Make the data folder writable for the user that runs Haven VLM.",
            SqliteErrors.CannotOpen => $"The journal {path} cannot be opened ({e.Message}). "
                + "Check that the data folder exists and is writable for the user that runs Haven VLM.",
            SqliteErrors.Busy or SqliteErrors.Locked =>
                $"The journal {path} is in use by another program. Close it; the work then resumes.",
            SqliteErrors.IoError => $"The journal {path} cannot be read or written ({e.Message}). Check the disk and the data folder.",
            _ => $"The journal {path} failed: {e.Message}",
        };

    /// <summary>SQLite's primary result codes, https://sqlite.org/rescode.html.</summary>
    private static class SqliteErrors
    {
        public const int Error = 1;
        public const int Busy = 5;
        public const int Locked = 6;
        public const int ReadOnly = 8;
        public const int IoError = 10;
        public const int Corrupt = 11;
        public const int Full = 13;
        public const int CannotOpen = 14;
        public const int Constraint = 19;
        public const int Mismatch = 20;
        public const int Misuse = 21;
        public const int Range = 25;
        public const int NotADatabase = 26;
    }
}

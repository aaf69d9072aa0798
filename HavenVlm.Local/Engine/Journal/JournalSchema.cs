using System.Globalization;
using Microsoft.Data.Sqlite;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>One step of the journal's schema.</summary>
/// <param name="Version">The version that it leads to; steps count up by one from 1.</param>
/// <param name="Sql">What it does to the version before.</param>
internal sealed record JournalMigration(int Version, string Sql);

/// <summary>Brings a journal to the schema that this program knows. Never change a step that was released; add one.</summary>
internal static class JournalSchema
{
    /// <summary>All steps.</summary>
    public static IReadOnlyList<JournalMigration> Migrations { get; } =
    [
        new(
            1,
            """
            CREATE TABLE instances (
                run INTEGER PRIMARY KEY,        -- what lasts from a start to its end or continue-as-new
                id TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                status TEXT NOT NULL,
                begun INTEGER NOT NULL,         -- whether the orchestrator has begun
                input TEXT,                     -- as started by the user; the run's own input is its first event
                custom_status TEXT,
                output TEXT,
                created INTEGER NOT NULL,       -- times are UTC ticks of 100 ns
                number INTEGER NOT NULL,        -- order of acceptance, for equal times
                updated INTEGER NOT NULL,
                events INTEGER NOT NULL,        -- length of the history
                mismatches INTEGER NOT NULL     -- how often the history no longer fitted
            );
            CREATE INDEX instances_by_time ON instances (created DESC, number DESC, id, status);
            CREATE INDEX instances_by_status ON instances (status, created DESC, number DESC, id);
            CREATE INDEX instances_by_end ON instances (updated) WHERE status IN ('Completed', 'Failed', 'Terminated');
            CREATE TABLE events (
                run INTEGER NOT NULL,
                position INTEGER NOT NULL,
                kind INTEGER NOT NULL,
                at INTEGER NOT NULL,
                task INTEGER NOT NULL,
                name TEXT,
                due INTEGER,
                data TEXT,
                PRIMARY KEY (run, position)
            ) WITHOUT ROWID;
            """
        ),
    ];

    /// <summary>Applies the steps that are missing, each in a transaction of its own.</summary>
    /// <exception cref="JournalException">The journal is newer than the program.</exception>
    public static void Migrate(SqliteConnection connection, string path, IReadOnlyList<JournalMigration> migrations, DateTimeOffset now)
    {
        Execute(connection, "CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY, applied TEXT NOT NULL)");
        var current = CurrentVersion(connection);
        var known = migrations.Count == 0 ? 0 : migrations[^1].Version;
        if (current > known)
        {
            throw new JournalException(
                $"The journal {path} was written by a newer Haven VLM (its schema is version {current}, this program knows {known}). "
                    + "Use the newer program, or another storage.dataDir."
            );
        }

        if (current > 0 && current < known)
        {
            KeepCopy(connection, path, current);
        }

        foreach (var migration in migrations.Where(m => m.Version > current))
        {
            using var transaction = connection.BeginTransaction();
            Execute(connection, migration.Sql, transaction);
            using var record = connection.CreateCommand();
            record.Transaction = transaction;
            record.CommandText = "INSERT INTO schema_versions (version, applied) VALUES ($version, $applied)";
            record.Parameters.AddWithValue("$version", migration.Version);
            record.Parameters.AddWithValue("$applied", now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            record.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    private static int CurrentVersion(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(version), 0) FROM schema_versions";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>A copy beside the journal, so that the older program can be gone back to.</summary>
    private static void KeepCopy(SqliteConnection connection, string path, int version)
    {
        var copy = $"{path}.v{version}";
        if (File.Exists(copy))
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $copy";
        command.Parameters.AddWithValue("$copy", copy);
        command.ExecuteNonQuery();
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

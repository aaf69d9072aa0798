using Microsoft.Data.Sqlite;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>What is needed to bring a run into memory.</summary>
/// <param name="InstanceId">Id of its instance.</param>
/// <param name="Name">Name of its orchestrator.</param>
/// <param name="CustomStatus">Custom status as JSON.</param>
/// <param name="Events">The history so far.</param>
internal sealed record RecordedRun(string InstanceId, string Name, string? CustomStatus, IReadOnlyList<HistoryEvent> Events);

/// <summary>Reads runs.</summary>
internal sealed class JournalReader(JournalFile file)
{
    /// <summary>An active run with its history; null = it is over.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public RecordedRun? ReadRun(long run) =>
        Read(connection =>
        {
            // One transaction: the instance and its history are of one moment.
            using var transaction = connection.BeginTransaction(deferred: true);
            return ReadRun(connection, transaction, run);
        });

    /// <summary>The runs that are active, those that were started first first.</summary>
    public IReadOnlyList<long> ReadActiveRuns() =>
        Read(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT run FROM instances WHERE status IN ('Pending', 'Running') ORDER BY created, number";
            using var reader = command.ExecuteReader();
            var runs = new List<long>();
            while (reader.Read())
            {
                runs.Add(reader.GetInt64(0));
            }

            return runs;
        });

    /// <summary>The history of an instance's current run, also of an ended one.</summary>
    public IReadOnlyList<HistoryEvent> ReadHistory(string instanceId) =>
        Read(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT run FROM instances WHERE id = $id";
            command.Parameters.AddWithValue("$id", instanceId);
            return command.ExecuteScalar() is long run ? ReadEvents(connection, transaction: null, run) : [];
        });

    private static RecordedRun? ReadRun(SqliteConnection connection, SqliteTransaction transaction, long run)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            "SELECT id, name, custom_status FROM instances WHERE run = $run AND status IN ('Pending', 'Running', 'Suspended')";
        command.Parameters.AddWithValue("$run", run);
        string id;
        string name;
        string? customStatus;
        using (var reader = command.ExecuteReader())
        {
            if (!reader.Read())
            {
                return null;
            }

            id = reader.GetString(0);
            name = reader.GetString(1);
            customStatus = reader.IsDBNull(2) ? null : reader.GetString(2);
        }

        return new RecordedRun(id, name, customStatus, ReadEvents(connection, transaction, run));
    }

    private static List<HistoryEvent> ReadEvents(SqliteConnection connection, SqliteTransaction? transaction, long run)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT position, kind, at, task, name, due, data FROM events WHERE run = $run ORDER BY position";
        command.Parameters.AddWithValue("$run", run);
        using var reader = command.ExecuteReader();
        var events = new List<HistoryEvent>();
        while (reader.Read())
        {
            events.Add(
                new HistoryEvent((HistoryEventKind)reader.GetInt32(1), new DateTimeOffset(reader.GetInt64(2), TimeSpan.Zero))
                {
                    Position = reader.GetInt32(0),
                    Task = reader.GetInt32(3),
                    Name = reader.IsDBNull(4) ? null : reader.GetString(4),
                    Due = reader.IsDBNull(5) ? null : new DateTimeOffset(reader.GetInt64(5), TimeSpan.Zero),
                    Data = reader.IsDBNull(6) ? null : reader.GetString(6),
                }
            );
        }

        return events;
    }

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        try
        {
            using var connection = file.OpenForReading();
            return read(connection);
        }
        catch (SqliteException e)
        {
            throw JournalException.From(e, file.FullPath);
        }
    }
}

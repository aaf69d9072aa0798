using System.Globalization;
using System.Runtime.CompilerServices;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Data.Sqlite;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>The writing connection: what entries do to the journal within the transaction at hand.</summary>
internal sealed class JournalSession : IDisposable
{
    private const string RowColumns = "run, id, name, status, begun, updated, events, mismatches";

    private static readonly TimeSpan ToleratedClockStep = TimeSpan.FromSeconds(10);

    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly Statement _findRun;
    private readonly Statement _findId;
    private readonly Statement _findInput;
    private readonly Statement _insert;
    private readonly Statement _update;
    private readonly Statement _move;
    private readonly Statement _delete;
    private readonly Statement _append;
    private readonly Statement _forget;
    private SqliteTransaction? _transaction;
    private long _lastRun;
    private long _lastNumber;

    public JournalSession(SqliteConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        _findRun = new(connection, $"SELECT {RowColumns} FROM instances WHERE run = $run", "$run");
        _findId = new(connection, $"SELECT {RowColumns} FROM instances WHERE id = $id", "$id");
        _findInput = new(connection, "SELECT input FROM instances WHERE run = $run", "$run");
        _insert = new(
            connection,
            """
            INSERT INTO instances (run, id, name, status, begun, input, created, number, updated, events, mismatches)
            VALUES ($run, $id, $name, 'Pending', 0, $input, $created, $number, $created, 0, 0)
            """,
            "$run",
            "$id",
            "$name",
            "$input",
            "$created",
            "$number"
        );
        _update = new(
            connection,
            """
            UPDATE instances SET status = $status, begun = $begun, updated = $updated, events = $events, mismatches = $mismatches,
                custom_status = coalesce($custom_status, custom_status), output = coalesce($output, output)
            WHERE run = $run
            """,
            "$run",
            "$status",
            "$begun",
            "$updated",
            "$events",
            "$mismatches",
            "$custom_status",
            "$output"
        );
        _move = new(connection, "UPDATE instances SET run = $to WHERE run = $from", "$to", "$from");
        _delete = new(connection, "DELETE FROM instances WHERE run = $run", "$run");
        _append = new(
            connection,
            """
            INSERT INTO events (run, position, kind, at, task, name, due, data)
            VALUES ($run, $position, $kind, $at, $task, $name, $due, $data)
            """,
            "$run",
            "$position",
            "$kind",
            "$at",
            "$task",
            "$name",
            "$due",
            "$data"
        );
        _forget = new(connection, "DELETE FROM events WHERE run = $run", "$run");
        _lastRun = Highest("run");
        _lastNumber = Highest("number");
    }

    /// <summary>The wall clock.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Begins a transaction.</summary>
    public void Begin() => _transaction = _connection.BeginTransaction(deferred: false);

    /// <summary>Puts the transaction on disk.</summary>
    public void Commit()
    {
        _transaction!.Commit();
        _transaction.Dispose();
        _transaction = null;
    }

    /// <summary>Gives the transaction up, whatever state it is in.</summary>
    public void Rollback()
    {
        try
        {
            // SQLite has rolled back by itself after some errors; disposing does it otherwise.
            _transaction?.Dispose();
        }
        catch (SqliteException)
        {
            // The error that led here is the one to tell.
        }

        _transaction = null;
    }

    /// <summary>The instance whose current run this is, or null when the run is over.</summary>
    public InstanceRow? FindRun(long run) => _findRun.First(_transaction!, ReadRow, run);

    /// <summary>The instance of that id, or null.</summary>
    public InstanceRow? Find(string id) => _findId.First(_transaction!, ReadRow, id);

    /// <summary>The input that an instance was started with.</summary>
    public string? ReadInput(InstanceRow row) =>
        _findInput.First(_transaction!, r => new StrongBox<string?>(r.IsDBNull(0) ? null : r.GetString(0)), row.Run)?.Value;

    /// <summary>Adds an instance with the first event of its history.</summary>
    public InstanceRow Create(string id, string name, string? input)
    {
        var run = ++_lastRun;
        var now = Now;
        _insert.Execute(_transaction!, run, id, name, input, now.UtcTicks, ++_lastNumber);
        var row = new InstanceRow
        {
            Run = run,
            Id = id,
            Name = name,
            Status = RuntimeStatus.Pending,
            Begun = false,
            Updated = now,
            Events = 0,
            Mismatches = 0,
        };
        Append(row, new HistoryEvent(HistoryEventKind.Started, now) { Data = input });
        Save(row);
        return row;
    }

    /// <summary>Gives an instance a new run with an empty history; suspended stays suspended.</summary>
    public void BeginNewRun(InstanceRow row, string? input)
    {
        Forget(row);
        var run = ++_lastRun;
        _move.Execute(_transaction!, run, row.Run);
        row.Run = run;
        row.Events = 0;
        row.Begun = false;
        Append(row, new HistoryEvent(HistoryEventKind.Started, Now) { Data = input });
        if (row.Status == RuntimeStatus.Suspended)
        {
            Append(row, new HistoryEvent(HistoryEventKind.Suspended, Now));
        }
    }

    /// <summary>Adds an event to a history; returns it with its position and time.</summary>
    public HistoryEvent Append(InstanceRow row, HistoryEvent e)
    {
        var at = NotBefore(row.Updated, Now);
        var appended = e with { Position = ++row.Events, At = e.Due is { } due && !e.IsRequest ? NotBefore(due, at) : at };
        row.Updated = appended.At;
        _append.Execute(
            _transaction!,
            row.Run,
            appended.Position,
            (int)appended.Kind,
            appended.At.UtcTicks,
            appended.Task,
            appended.Name,
            appended.Due?.UtcTicks,
            appended.Data
        );
        return appended;
    }

    /// <summary>Writes what changed about an instance.</summary>
    public void Save(InstanceRow row) =>
        _update.Execute(
            _transaction!,
            row.Run,
            row.Status.ToString(),
            row.Begun ? 1 : 0,
            row.Updated.UtcTicks,
            row.Events,
            row.Mismatches,
            row.CustomStatus,
            row.Output
        );

    /// <summary>Removes an instance and its history.</summary>
    public void Delete(InstanceRow row)
    {
        Forget(row);
        _delete.Execute(_transaction!, row.Run);
    }

    /// <summary>Removes a history.</summary>
    public void Forget(InstanceRow row) => _forget.Execute(_transaction!, row.Run);

    public void Dispose()
    {
        _transaction?.Dispose();
        _connection.Dispose();
    }

    private static InstanceRow ReadRow(SqliteDataReader reader) =>
        new()
        {
            Run = reader.GetInt64(0),
            Id = reader.GetString(1),
            Name = reader.GetString(2),
            Status = Enum.Parse<RuntimeStatus>(reader.GetString(3)),
            Begun = reader.GetInt64(4) != 0,
            Updated = new DateTimeOffset(reader.GetInt64(5), TimeSpan.Zero),
            Events = reader.GetInt32(6),
            Mismatches = reader.GetInt32(7),
        };

    /// <summary>
    /// Small steps back of the wall clock are levelled out, so that histories are in order. A clock that was corrected by more is
    /// followed: orchestrators that went on with the wrong time would wait for it to come.
    /// </summary>
    private static DateTimeOffset NotBefore(DateTimeOffset floor, DateTimeOffset now) =>
        now < floor && floor - now <= ToleratedClockStep ? floor : now;

    private long Highest(string column)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT coalesce(max({column}), 0) FROM instances";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}

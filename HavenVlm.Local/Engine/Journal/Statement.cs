using Microsoft.Data.Sqlite;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>A prepared statement with positional parameters, kept for as long as its connection, which disposes it.</summary>
internal sealed class Statement
{
    private readonly SqliteCommand _command;

    /// <param name="connection">Where it runs.</param>
    /// <param name="sql">Its text.</param>
    /// <param name="parameters">Names of its parameters, in the order of the values.</param>
    public Statement(SqliteConnection connection, string sql, params string[] parameters)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        foreach (var parameter in parameters)
        {
            _command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }
    }

    /// <summary>Runs it; returns how many rows it changed.</summary>
    public int Execute(SqliteTransaction transaction, params ReadOnlySpan<object?> values)
    {
        Bind(transaction, values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>Runs it and reads its first row, if any.</summary>
    public T? First<T>(SqliteTransaction transaction, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
        where T : class
    {
        Bind(transaction, values);
        using var reader = _command.ExecuteReader();
        return reader.Read() ? read(reader) : null;
    }

    private void Bind(SqliteTransaction transaction, ReadOnlySpan<object?> values)
    {
        _command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}

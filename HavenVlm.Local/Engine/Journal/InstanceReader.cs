using System.Globalization;
using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Data.Sqlite;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>Reads the states of instances.</summary>
internal sealed class InstanceReader(JournalFile file)
{
    private const string Columns = "name, id, status, custom_status, output, created, updated, number";

    /// <summary>The state of one instance, or null.</summary>
    public OrchestrationInstance? Get(string instanceId, bool withInput)
    {
        try
        {
            using var connection = file.OpenForReading();
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {Columns}{(withInput ? ", input" : "")} FROM instances WHERE id = $id";
            command.Parameters.AddWithValue("$id", instanceId);
            using var reader = command.ExecuteReader();
            return reader.Read() ? ReadInstance(reader, withInput) : null;
        }
        catch (SqliteException e)
        {
            throw JournalException.From(e, file.FullPath);
        }
    }

    /// <summary>One page, latest created first.</summary>
    public InstancePage List(InstanceQuery query)
    {
        if (query.Top is < 1 or > 1000)
        {
            throw new ArgumentException($"top must be 1 to 1000, not {query.Top}.", nameof(query));
        }

        var after = query.Continuation is null ? null : PagePosition.Parse(query.Continuation);
        try
        {
            using var connection = file.OpenForReading();
            // One moment for all queries: an instance that goes from one state to the next would be listed twice, or not at all.
            using var moment = connection.BeginTransaction(deferred: true);
            // One indexed query per state, merged: a single one for several states would sort everything.
            IReadOnlyList<RuntimeStatus?> statuses =
                query.Statuses.Count == 0 ? [null] : [.. query.Statuses.Distinct().Cast<RuntimeStatus?>()];
            var found = statuses
                .SelectMany(status => List(connection, query, status, after))
                .OrderByDescending(f => (f.Position.Created, f.Position.Number))
                .Take(query.Top + 1)
                .ToList();
            var page = found.Take(query.Top).ToList();
            return new InstancePage([.. page.Select(f => f.Instance)], found.Count > page.Count ? page[^1].Position.ToString() : null);
        }
        catch (SqliteException e)
        {
            throw JournalException.From(e, file.FullPath);
        }
    }

    /// <summary>Name and id of ended instances that last changed before then, oldest first.</summary>
    public IReadOnlyList<(string Name, string Id)> ListExpired(DateTimeOffset before, int most)
    {
        try
        {
            using var connection = file.OpenForReading();
            using var command = connection.CreateCommand();
            command.CommandText = """
                SELECT name, id FROM instances INDEXED BY instances_by_end
                WHERE status IN ('Completed', 'Failed', 'Terminated') AND updated < $before ORDER BY updated LIMIT $most
                """;
            command.Parameters.AddWithValue("$before", before.UtcTicks);
            command.Parameters.AddWithValue("$most", most);
            using var reader = command.ExecuteReader();
            var expired = new List<(string, string)>();
            while (reader.Read())
            {
                expired.Add((reader.GetString(0), reader.GetString(1)));
            }

            return expired;
        }
        catch (SqliteException e)
        {
            throw JournalException.From(e, file.FullPath);
        }
    }

    private static List<(PagePosition Position, OrchestrationInstance Instance)> List(
        SqliteConnection connection,
        InstanceQuery query,
        RuntimeStatus? status,
        PagePosition? after
    )
    {
        using var command = connection.CreateCommand();
        var conditions = new List<string>();
        void Where(string condition, string parameter, object value)
        {
            conditions.Add(condition);
            command.Parameters.AddWithValue(parameter, value);
        }

        if (status is { } wanted)
        {
            Where("status = $status", "$status", wanted.ToString());
        }

        if (!string.IsNullOrEmpty(query.Prefix))
        {
            // Not LIKE, which ignores case and has wildcards. It is answered from the index that has the order.
            Where("substr(id, 1, length($prefix)) = $prefix", "$prefix", query.Prefix);
        }

        if (query.From is { } from)
        {
            Where("created >= $from", "$from", from.UtcTicks);
        }

        if (query.To is { } to)
        {
            Where("created < $to", "$to", to.UtcTicks);
        }

        if (after is not null)
        {
            Where("(created, number) < ($created, $number)", "$created", after.Created);
            command.Parameters.AddWithValue("$number", after.Number);
        }

        command.CommandText =
            $"SELECT {Columns}{(query.WithInput ? ", input" : "")} FROM instances "
            + (conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)} ")
            + "ORDER BY created DESC, number DESC LIMIT $limit";
        command.Parameters.AddWithValue("$limit", query.Top + 1);
        using var reader = command.ExecuteReader();
        var instances = new List<(PagePosition, OrchestrationInstance)>();
        while (reader.Read())
        {
            instances.Add((new PagePosition(reader.GetInt64(5), reader.GetInt64(7)), ReadInstance(reader, query.WithInput)));
        }

        return instances;
    }

    private static OrchestrationInstance ReadInstance(SqliteDataReader reader, bool withInput) =>
        new()
        {
            Name = reader.GetString(0),
            InstanceId = InstanceId.Known(reader.GetString(1)),
            RuntimeStatus = Enum.Parse<RuntimeStatus>(reader.GetString(2)),
            CustomStatus = ReadJson(reader, 3),
            Output = ReadJson(reader, 4),
            CreatedTime = new DateTimeOffset(reader.GetInt64(5), TimeSpan.Zero),
            LastUpdatedTime = new DateTimeOffset(reader.GetInt64(6), TimeSpan.Zero),
            Input = withInput ? ReadJson(reader, 8) : null,
        };

    private static JsonElement? ReadJson(SqliteDataReader reader, int column)
    {
        if (reader.IsDBNull(column))
        {
            return null;
        }

        using var document = JsonDocument.Parse(reader.GetString(column));
        return document.RootElement.ValueKind == JsonValueKind.Null ? null : document.RootElement.Clone();
    }

    /// <summary>Where a page ended.</summary>
    private sealed record PagePosition(long Created, long Number)
    {
        public static PagePosition Parse(string text)
        {
            var parts = text.Split('-');
            return
                parts.Length == 2
                && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var created)
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new PagePosition(created, number)
                : throw new InvalidContinuationException();
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Created}-{Number}");
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Common;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.UnitTests.Engine.Replay;

/// <summary>A history as a readable file: one event a line, messages as JSON.</summary>
internal sealed record RecordedHistory(string Orchestrator, IReadOnlyList<HistoryEvent> Events)
{
    private const string OwnFolder = "tests/HavenVlm.Local.UnitTests/Engine/Replay/Own/Histories";

    public static RecordedHistory Load(string name)
    {
        using var stream = typeof(RecordedHistory).Assembly.GetManifestResourceStream($"histories/{name}")!;
        return Read(stream);
    }

    /// <summary>A history of the product's own orchestrators, from the repository: it may just have been written.</summary>
    public static RecordedHistory LoadOwn(string name)
    {
        using var stream = File.OpenRead(PathOfOwn(name));
        return Read(stream);
    }

    /// <summary>Writes a history of the product's own orchestrators.</summary>
    public static Task WriteOwnAsync(string name, string orchestrator, IReadOnlyList<HistoryEvent> events)
    {
        var lines = events.Select(e => "    " + JsonSerializer.Serialize(ToFormat(e), HavenJson.Options));
        var text = $$"""
            {
              "orchestrator": "{{orchestrator}}",
              "events": [
            {{string.Join(",\n", lines)}}
              ]
            }

            """;
        Directory.CreateDirectory(Path.GetDirectoryName(PathOfOwn(name))!);
        return File.WriteAllTextAsync(PathOfOwn(name), text.ReplaceLineEndings("\n"));
    }

    /// <summary>The events one a line, without times: what two recordings of the same course have in common.</summary>
    public static string Outline(IEnumerable<HistoryEvent> events) =>
        string.Join(
            '\n',
            events.Select(e =>
                $"{e.Position} {e.Kind}{(e.Task == 0 ? "" : $" #{e.Task}")}{(e.Name is null ? "" : $" {e.Name}")}{(e.Data is null ? "" : $" {e.Data}")}"
            )
        );

    private static RecordedHistory Read(Stream stream)
    {
        var file = JsonSerializer.Deserialize<FileFormat>(stream, HavenJson.Options)!;
        return new RecordedHistory(file.Orchestrator, [.. file.Events.Select((e, i) => ToEvent(e, i + 1))]);
    }

    private static string PathOfOwn(string name) => Path.Combine(SourceFolder.Root, OwnFolder, name + ".json");

    private static EventFormat ToFormat(HistoryEvent e) =>
        new(
            e.Kind,
            e.At,
            e.Task,
            e.Name,
            e.Due,
            e.Data is null ? null
                : HasText(e.Kind) ? JsonValue.Create(e.Data)
                : JsonNode.Parse(e.Data)
        );

    /// <summary>Whether the event's data is a reason, which is text and no JSON.</summary>
    private static bool HasText(HistoryEventKind kind) =>
        kind is HistoryEventKind.Failed or HistoryEventKind.Terminated or HistoryEventKind.Suspended or HistoryEventKind.Resumed;

    private static HistoryEvent ToEvent(EventFormat e, int position) =>
        new(e.Kind, e.At)
        {
            Position = position,
            Task = e.Task,
            Name = e.Name,
            Due = e.Due,
            Data = HasText(e.Kind) ? e.Data?.GetValue<string>() : e.Data?.ToJsonString(HavenJson.Options),
        };

    private sealed record FileFormat(string Orchestrator, IReadOnlyList<EventFormat> Events);

    private sealed record EventFormat(
        HistoryEventKind Kind,
        DateTimeOffset At,
        int Task,
        string? Name,
        DateTimeOffset? Due,
        JsonNode? Data
    );
}

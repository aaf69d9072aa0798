using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Common;
using HavenVlm.Local.Engine.Journal;

namespace HavenVlm.Local.UnitTests.Engine.Replay;

/// <summary>A history as a readable file: one event a line, messages as JSON.</summary>
internal sealed record RecordedHistory(string Orchestrator, IReadOnlyList<HistoryEvent> Events)
{
    public static RecordedHistory Load(string name)
    {
        using var stream = typeof(RecordedHistory).Assembly.GetManifestResourceStream($"histories/{name}")!;
        var file = JsonSerializer.Deserialize<FileFormat>(stream, HavenJson.Options)!;
        return new RecordedHistory(file.Orchestrator, [.. file.Events.Select((e, i) => ToEvent(e, i + 1))]);
    }

    /// <summary>The events one a line, without times: what two recordings of the same course have in common.</summary>
    public static string Outline(IEnumerable<HistoryEvent> events) =>
        string.Join(
            '\n',
            events.Select(e =>
                $"{e.Position} {e.Kind}{(e.Task == 0 ? "" : $" #{e.Task}")}{(e.Name is null ? "" : $" {e.Name}")}{(e.Data is null ? "" : $" {e.Data}")}"
            )
        );

    private static HistoryEvent ToEvent(EventFormat e, int position) =>
        new(e.Kind, e.At)
        {
            Position = position,
            Task = e.Task,
            Name = e.Name,
            Due = e.Due,
            Data = e.Data?.ToJsonString(HavenJson.Options),
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

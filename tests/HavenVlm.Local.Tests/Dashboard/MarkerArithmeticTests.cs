using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Local.Tests.Browser;
using HavenVlm.Local.Tests.Server;

namespace HavenVlm.Local.Tests.Dashboard;

/// <summary>The page makes markers by itself while a slider moves: it must come to what the service would write.</summary>
public sealed class MarkerArithmeticTests(Chromium chromium, SharedServers servers)
{
    private const string BuildAll = """
        async (text) => {
          const { AnswerTable, toTicks } = await import("/dashboard/series.js");
          const { MarkerBuilder } = await import("/dashboard/markers.js");
          const { parseDuration } = await import("/dashboard/durations.js");
          return JSON.stringify(JSON.parse(text).map((log) => {
            const duration = toTicks(log.duration);
            const table = new AnswerTable(log.answers, toTicks(log.frameInterval), duration, log.settings.map((s) => s.tag));
            const builder = new MarkerBuilder(table, log.smoothing ?? null, log.cuts);
            // Twice, so that what is kept from one position of the sliders is used by the next.
            return log.positions.map((position) => {
              const settings = log.settings.map((tag, i) => ({
                ...tag,
                threshold: position[i].threshold,
                maxGap: parseDuration(position[i].maxGap, duration),
                minMarkerDuration: parseDuration(position[i].minMarkerDuration, duration),
                requiredDuration: parseDuration(position[i].requiredDuration, duration),
                smoothing: position[i].smoothing,
                smoothingStrength: position[i].smoothingStrength,
              }));
              return builder.build(settings);
            });
          }));
        }
        """;

    [Fact]
    public async Task Random_logs_give_the_same_markers_in_the_page_and_in_the_service()
    {
        var server = await servers.GetAsync();
        await using var tab = await chromium.OpenAsync();
        await tab.Page.GotoAsync(server.Address);
        var random = new Random(20260131);
        var logs = Enumerable.Range(0, 600).Select(_ => RandomLog.Next(random)).ToArray();

        var text = await tab.Page.EvaluateAsync<string>(BuildAll, JsonSerializer.Serialize(logs, HavenJson.Options));

        var found = JsonSerializer.Deserialize<PageMarkers[][]>(text, JsonSerializerOptions.Web)!;
        var compared = 0;
        foreach (var (log, positions) in logs.Zip(found))
        {
            foreach (var (position, page) in log.Positions.Zip(positions))
            {
                var service = log.Build(position);
                Assert.Equal(service.Markers.Select(PageMarker.Of), page.Markers);
                Assert.Equal(
                    service.SceneTags.Select(tag => (tag.Key, tag.Value.Ticks)),
                    page.SceneTags.Select(tag => (tag[0].GetString()!, tag[1].GetInt64()))
                );
                compared += page.Markers.Count;
            }
        }

        Assert.True(compared > 2000, $"Only {compared} markers were compared: the logs are too empty to tell anything.");
    }

    [Fact]
    public async Task Names_are_the_same_name_in_the_page_where_they_are_in_the_service()
    {
        var server = await servers.GetAsync();
        await using var tab = await chromium.OpenAsync();
        await tab.Page.GotoAsync(server.Address);
        // Alphabets with capitals that have been in every Unicode for long; newer ones a browser may not know yet.
        (int First, int Last)[] alphabets = [(0, 0x17FF), (0x1E00, 0x1FFF), (0x2C00, 0x2D2F)];
        var letters = alphabets.SelectMany(a => Enumerable.Range(a.First, a.Last - a.First + 1)).Select(code => $"{(char)code}").ToArray();

        var folded = await tab.Page.EvaluateAsync<string[]>(
            """async (letters) => { const { foldCase } = await import("/dashboard/markers.js"); return letters.map(foldCase); }""",
            letters
        );

        Assert.Equal(letters.Distinct(StringComparer.OrdinalIgnoreCase).Count(), folded.Distinct(StringComparer.Ordinal).Count());
        Assert.All(letters.Zip(folded), pair => Assert.Equal(pair.First, pair.Second, ignoreCase: true));
    }

    [Fact]
    public async Task Lengths_are_read_as_the_configuration_reads_them()
    {
        var server = await servers.GetAsync();
        await using var tab = await chromium.OpenAsync();
        await tab.Page.GotoAsync(server.Address);
        string[] known = ["0", "500ms", "1.5s", "0.0005ms", "3m", "2.25h", "1d", "5%", "7%", "33.3%", "0%", "100%"];
        string[] unknown = ["101%", "5", "-1s", "1e3s", "", "2 s", "%", "5x", "99999999d"];
        var duration = TimeSpan.FromMilliseconds(12_345);

        var ticks = await tab.Page.EvaluateAsync<double?[]>(
            """async ([texts, ticks]) => { const d = await import("/dashboard/durations.js"); return texts.map((t) => d.parseDuration(t, ticks)); }""",
            new object[] { known.Concat(unknown).ToArray(), duration.Ticks }
        );

        Assert.Equal(
            known.Select(text => (long?)MarkerDuration.Parse(text).Resolve(duration).Ticks),
            ticks[..known.Length].Select(t => (long?)t)
        );
        Assert.All(unknown, text => Assert.False(MarkerDuration.TryParse(text, out _, out _)));
        Assert.All(ticks[known.Length..], value => Assert.Null(value));
    }

    private sealed record PageMarkers(IReadOnlyList<PageMarker> Markers, IReadOnlyList<JsonElement[]> SceneTags);

    private sealed record PageMarker(string Tag, long Start, long End, double Confidence)
    {
        public static PageMarker Of(MarkerSpan span) => new(span.Tag, span.Start.Ticks, span.End.Ticks, span.Confidence);
    }
}

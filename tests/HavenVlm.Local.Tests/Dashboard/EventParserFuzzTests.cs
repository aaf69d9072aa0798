using System.Text.Json;
using HavenVlm.Local.Tests.Browser;
using HavenVlm.Local.Tests.Server;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Dashboard;

/// <summary>The page's reader of server-sent events, in the browser, with whatever a stream may bring and however it is cut.</summary>
public sealed class EventParserFuzzTests(Chromium chromium, SharedServers servers)
{
    private static readonly int Streams = ReleaseTier.Runs ? 20_000 : 4_000;
    private const int Seed = 20261124;

    // mulberry32, so that a seed gives the same streams everywhere.
    private const string Random = """
        const random = (a) => () => {
          a = (a + 0x6d2b79f5) | 0;
          let t = Math.imul(a ^ (a >>> 15), 1 | a);
          t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
          return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
        };
        const cut = (text, next) => {
          const pieces = [];
          while (text !== "") {
            const length = 1 + Math.floor(next() ** 3 * text.length);
            pieces.push(text.slice(0, length));
            text = text.slice(length);
          }
          return pieces;
        };
        const { EventParser } = await import("/dashboard/live.js");
        const read = (pieces) => {
          const parser = new EventParser();
          return JSON.stringify(pieces.flatMap((piece) => [...parser.feed(piece)]));
        };
        """;

    private const string WholeEvents = $$"""
        async ([seed, count]) => {
          {{Random}}
          const letters = ["a", ":", " ", "data:", "event:", "{", '"', "\u202e", "\u0000", "\u{1f600}", "\u00e9", "\t"];
          for (let stream = 0; stream < count; stream++) {
            const next = random(seed + stream);
            const text = () => Array.from({ length: Math.floor(next() * 6) }, () => letters[Math.floor(next() * letters.length)]).join("");
            const end = next() < 0.5 ? "\n" : "\r\n";
            const events = [];
            let sent = "";
            for (let i = Math.floor(next() * 6); i > 0; i--) {
              const name = next() < 0.5 ? "status" : "";
              const lines = Array.from({ length: 1 + Math.floor(next() * 3) }, text);
              sent += (next() < 0.3 ? `: ${text()}${end}retry: 1000${end}` : "") + (name ? `event: ${name}${end}` : "");
              sent += lines.map((line) => `data: ${line}${end}`).join("") + end;
              events.push({ name: name || "message", data: lines.join("\n") });
            }
            const found = read(cut(sent, next));
            if (found !== JSON.stringify(events)) {
              return `stream ${seed + stream}: ${JSON.stringify(sent)} gave ${found}`;
            }
          }
          return "";
        }
        """;

    private const string Garbage = $$"""
        async ([seed, count]) => {
          {{Random}}
          const letters = ["\n", "\r", "\r\n", ":", " ", "data", "event", "id", "x", "\ud800", "\u0000", "\ufeff", "data:", "event:"];
          for (let stream = 0; stream < count; stream++) {
            const next = random(seed + stream);
            const sent = Array.from({ length: Math.floor(next() * 60) }, () => letters[Math.floor(next() * letters.length)]).join("");
            const [whole, pieces] = [read([sent]), read(cut(sent, next))];
            if (whole !== pieces) {
              return `stream ${seed + stream}: ${JSON.stringify(sent)} gave ${whole} whole and ${pieces} in pieces`;
            }
          }
          return "";
        }
        """;

    private const string Endless = $$"""
        async () => {
          {{Random}}
          const parser = new EventParser();
          let taken = 0;
          try {
            for (; taken < 1000; taken++) {
              [...parser.feed((taken % 2 === 0 ? "data: " : "") + "x".repeat(65536) + (taken % 3 === 0 ? "\n" : ""))];
            }
          } catch (e) {
            return JSON.stringify({ taken, name: e.name });
          }
          return JSON.stringify({ taken, name: "" });
        }
        """;

    [Fact]
    public async Task Events_are_the_same_however_the_stream_is_cut() => Assert.Equal("", await RunAsync<string>(WholeEvents));

    [Fact]
    public async Task No_garbage_throws_and_cutting_changes_nothing() => Assert.Equal("", await RunAsync<string>(Garbage));

    [Fact]
    public async Task An_event_that_does_not_end_is_given_up()
    {
        var told = JsonSerializer.Deserialize<JsonElement>(await RunAsync<string>(Endless));

        Assert.Equal("RangeError", told.GetProperty("name").GetString());
        Assert.InRange(told.GetProperty("taken").GetInt32(), 32, 100);
    }

    private async Task<T> RunAsync<T>(string script)
    {
        var server = await servers.GetAsync();
        await using var tab = await chromium.OpenAsync();
        await tab.Page.GotoAsync(server.Address);
        return await tab.Page.EvaluateAsync<T>(script, new object[] { Seed, Streams });
    }
}

using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;
using HavenVlm.Local.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Local.UnitTests.Server;

public sealed class LineLoggerTests
{
    private readonly List<string> _lines = [];
    private readonly SettingsSource _settings = new(new HavenOptions());

    [Fact]
    public void Logs_the_reasons_of_an_exception_and_its_stack_only_at_Debug()
    {
        var logger = Create("HavenVlm.Local.Server.HavenServer");
        var exception = Assert.Throws<InvalidOperationException>(
            new Action(() => throw new InvalidOperationException("outer", new IOException("inner")))
        );

        logger.LogError(exception, "It failed");
        _settings.Replace(new HavenOptions { Logging = new LoggingOptions { Level = "Debug" } });
        logger.LogError(exception, "It failed");

        Assert.Equal("2026-01-01 00:00:00 error It failed: outer: inner", _lines[0]);
        Assert.Contains("   at ", _lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_level_is_followed_as_it_changes_and_frameworks_are_quiet()
    {
        var own = Create("HavenVlm.Core.Vlm.Pool.EndpointPool");
        var framework = Create("Microsoft.AspNetCore.Hosting");

        own.LogDebug("own debug");
        own.LogInformation("own info");
        framework.LogInformation("framework info");
        framework.LogWarning("framework warning");
        _settings.Replace(new HavenOptions { Logging = new LoggingOptions { Level = "Error" } });
        own.LogWarning("own warning");

        Assert.Equal(["info  own info", "warn  framework warning"], _lines.Select(line => line[20..]));
    }

    [Fact]
    public void No_text_of_others_begins_a_line_or_steers_the_terminal()
    {
        var logger = Create("HavenVlm.Core.Stash");
        const string Title = "Kissing\r\n2026-01-01 00:00:00 error forged\u2028forged\u001b[2J\u202egnissik\u0000";
        _settings.Replace(new HavenOptions { Logging = new LoggingOptions { Level = "Debug" } });

        logger.LogError(new InvalidOperationException(Title, new IOException(Title)), "Scene {Title}", Title);

        var lines = Assert.Single(_lines).Split('\n');
        Assert.StartsWith(@"2026-01-01 00:00:00 error Scene Kissing\r\n2026-01-01 00:00:00 error forged\u2028forged\u001b[2J", lines[0]);
        Assert.All(lines.Skip(1), line => Assert.StartsWith("    ", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.DoesNotContain(line, character => char.IsControl(character) || character is '\u202e' or '\u2028'));
    }

    [Fact]
    public void Secrets_are_masked_whoever_writes_them_and_however()
    {
        var logger = Create("Microsoft.AspNetCore");
        _settings.Replace(
            new HavenOptions
            {
                Stash = new StashOptions { ApiKey = "stash+secret/1" },
                Server = new ServerOptions { ApiKey = "own-secret-2" },
                Vlm = new VlmOptions
                {
                    Endpoints =
                    [
                        new EndpointOptions
                        {
                            ApiKey = "endpoint-secret-3",
                            ExtraBody = new JsonObject { ["headers"] = new JsonObject { ["Authorization"] = "Bearer extra-secret-4" } },
                        },
                    ],
                    ExtraBody = new JsonObject { ["access_token"] = "shared-secret-5", ["keep_alive"] = "thirty minutes" },
                },
            }
        );

        logger.LogError(
            new IOException("own-secret-2"),
            "stash+secret/1 stash%2Bsecret%2F1 stash\\u002Bsecret/1 endpoint-secret-3 extra-secret-4 shared-secret-5 "
                + "/api/status?code=another&top=3 thirty minutes"
        );

        Assert.Equal(
            "2026-01-01 00:00:00 error *** *** *** *** *** *** /api/status?code=***&top=3 thirty minutes: ***",
            Assert.Single(_lines)
        );
    }

    private ILogger Create(string category)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.Utc);
        return new LineLoggerProvider(_lines.Add, _settings, LogLevel.Trace, time).CreateLogger(category);
    }
}

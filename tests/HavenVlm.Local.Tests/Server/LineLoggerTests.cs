using HavenVlm.Core.Configuration;
using HavenVlm.Local.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Local.Tests.Server;

public sealed class LineLoggerTests
{
    private readonly List<string> _lines = [];
    private readonly SettingsSource _settings = new(new HavenOptions());

    [Fact]
    public void An_exception_gives_its_reasons_and_its_stack_only_to_those_who_look_for_a_mistake()
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
        var own = Create("HavenVlm.Core.Vlm.EndpointPool");
        var framework = Create("Microsoft.AspNetCore.Hosting");

        own.LogDebug("own debug");
        own.LogInformation("own info");
        framework.LogInformation("framework info");
        framework.LogWarning("framework warning");
        _settings.Replace(new HavenOptions { Logging = new LoggingOptions { Level = "Error" } });
        own.LogWarning("own warning");

        Assert.Equal(["info  own info", "warn  framework warning"], _lines.Select(line => line[20..]));
    }

    private ILogger Create(string category)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.Utc);
        return new LineLoggerProvider(_lines.Add, _settings, LogLevel.Trace, time).CreateLogger(category);
    }
}

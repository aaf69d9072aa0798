using HavenVlm.Core.Configuration;
using HavenVlm.Local.Server;
using HavenVlm.Local.UnitTests.Engine;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.UnitTests.Server;

public sealed class SweepTimerTests
{
    private readonly SettableClock _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<string> _done = [];
    private Func<Task> _sweep = () => Task.CompletedTask;

    public SweepTimerTests() => _time.SetLocalTimeZone(TimeZoneInfo.Utc);

    [Fact]
    public async Task Sweeps_by_the_schedule()
    {
        await RunAsync(new SweepOptions { Schedule = "0 */15 * * * *", Watch = null }, TimeSpan.FromMinutes(46));

        Assert.Equal(["00:15:00 sweep", "00:30:00 sweep", "00:45:00 sweep"], _done);
    }

    [Fact]
    public async Task In_between_it_watches_from_the_start()
    {
        await RunAsync(new SweepOptions { Schedule = "0 0 3 * * *", Watch = TimeSpan.FromSeconds(30) }, TimeSpan.FromSeconds(70));

        Assert.Equal(["00:00:00 watch", "00:00:30 watch", "00:01:00 watch"], _done);
    }

    [Fact]
    public async Task A_clock_set_back_delays_neither_schedule_nor_watch()
    {
        var settings = Settings(new SweepOptions { Schedule = "0 */15 * * * *", Watch = TimeSpan.FromMinutes(5) });

        await RunAsync(settings, TimeSpan.FromMinutes(21), SetAt(TimeSpan.FromMinutes(11), TimeSpan.FromHours(-10)));

        // 14:15 by the new clock is 15 minutes after the start, when the schedule would have come.
        Assert.Equal(
            ["00:00:00 watch", "00:05:00 watch", "00:10:00 watch", "14:15:00 sweep", "14:20:00 watch"],
            _done,
            StringComparer.Ordinal
        );
    }

    [Fact]
    public async Task A_clock_set_forward_and_put_right_again_delays_neither_schedule_nor_watch()
    {
        var settings = Settings(new SweepOptions { Schedule = "0 */15 * * * *", Watch = TimeSpan.FromMinutes(10) });

        await RunAsync(
            settings,
            TimeSpan.FromMinutes(46),
            at =>
            {
                SetAt(TimeSpan.FromMinutes(5), TimeSpan.FromDays(1000))(at);
                SetAt(TimeSpan.FromMinutes(6), TimeSpan.FromDays(-1000))(at);
            }
        );

        Assert.Equal(
            ["00:00:00 watch", "00:05:00 sweep", "00:15:00 sweep", "00:25:00 watch", "00:30:00 sweep", "00:40:00 watch", "00:45:00 sweep"],
            _done,
            StringComparer.Ordinal
        );
    }

    [Fact]
    public async Task A_clock_that_is_adjusted_by_seconds_gives_one_sweep_and_not_two()
    {
        var settings = Settings(new SweepOptions { Schedule = "0 */15 * * * *", Watch = null });

        await RunAsync(settings, TimeSpan.FromMinutes(31), SetAt(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(-20)));

        Assert.Equal(["00:14:40 sweep", "00:30:00 sweep"], _done, StringComparer.Ordinal);
    }

    private Action<TimeSpan> SetAt(TimeSpan when, TimeSpan by) =>
        at =>
        {
            if (at == when)
            {
                _time.Set(by);
            }
        };

    [Fact]
    public async Task Does_neither_when_switched_off()
    {
        await RunAsync(new SweepOptions { Enabled = false }, TimeSpan.FromHours(1));

        Assert.Empty(_done);
    }

    [Fact]
    public async Task Changed_settings_are_followed_and_what_was_missed_while_off_is_not_made_up_for()
    {
        var settings = Settings(
            new SweepOptions
            {
                Enabled = false,
                Schedule = "0 */15 * * * *",
                Watch = null,
            }
        );
        await RunAsync(
            settings,
            TimeSpan.FromMinutes(50),
            at =>
            {
                if (at == TimeSpan.FromMinutes(40))
                {
                    settings.Replace(
                        new HavenOptions
                        {
                            Sweep = new SweepOptions { Schedule = "0 */15 * * * *", Watch = null },
                        }
                    );
                }
            }
        );

        Assert.Equal(["00:45:00 sweep"], _done);
    }

    [Fact]
    public async Task Reports_an_outage_and_its_end_once_each()
    {
        var log = new List<string>();
        _sweep = () =>
            _time.GetUtcNow().Minute < 45 ? Task.FromException(new InvalidOperationException("Stash is off")) : Task.CompletedTask;

        await RunAsync(Settings(new SweepOptions { Schedule = "0 */15 * * * *", Watch = null }), TimeSpan.FromMinutes(50), log: log);

        Assert.Equal(["Request tags cannot be checked: Stash is off", "Request tags can be checked again"], log);
    }

    private static SettingsSource Settings(SweepOptions options) => new(new HavenOptions { Sweep = options });

    private Task RunAsync(SweepOptions options, TimeSpan length) => RunAsync(Settings(options), length);

    private async Task RunAsync(SettingsSource settings, TimeSpan length, Action<TimeSpan>? each = null, List<string>? log = null)
    {
        using var loggers = new CollectingLogger(log ?? []);
        using var timer = new SweepTimer(
            async _ =>
            {
                _done.Add($"{_time.GetUtcNow():HH:mm:ss} sweep");
                await _sweep();
            },
            _ =>
            {
                _done.Add($"{_time.GetUtcNow():HH:mm:ss} watch");
                return Task.FromResult(false);
            },
            settings,
            _time,
            new Logger<SweepTimer>(loggers)
        );
        for (var at = TimeSpan.Zero; at < length; at += TimeSpan.FromSeconds(1))
        {
            each?.Invoke(at);
            await timer.CheckAsync(CancellationToken.None);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private sealed class CollectingLogger(List<string> lines) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => lines.Add(formatter(state, exception));

        public void Dispose() { }
    }
}

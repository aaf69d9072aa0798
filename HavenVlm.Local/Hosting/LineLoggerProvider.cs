using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Hosting;

/// <summary>
/// Log lines for people: time, level, what. Exceptions give their messages; the stack follows at level Debug only, where somebody looks
/// for a mistake of ours. Secrets are masked, and no text of others can begin a line.
/// </summary>
/// <param name="write">Takes a line (or a few, when a stack follows).</param>
/// <param name="settings">The level, followed as it changes.</param>
/// <param name="atLeast">No line below this is written, whatever the settings say.</param>
/// <param name="time">The clock.</param>
internal sealed class LineLoggerProvider(Action<string> write, SettingsSource settings, LogLevel atLeast, TimeProvider time)
    : ILoggerProvider
{
    private volatile MaskOfOptions? _mask;

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void Dispose() { }

    // What frameworks say about each request is for those who look for a mistake.
    private bool IsEnabled(string category, LogLevel level)
    {
        var wanted = Enum.Parse<LogLevel>(settings.Current.Logging.Level);
        var isOurs = category.StartsWith("HavenVlm.", StringComparison.Ordinal);
        var threshold = isOurs || wanted <= LogLevel.Debug ? wanted : (LogLevel)Math.Max((int)wanted, (int)LogLevel.Warning);
        return level != LogLevel.None && level >= threshold && level >= atLeast;
    }

    private void Write(LogLevel level, string message, Exception? exception)
    {
        var reasons = "";
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            reasons += $": {inner.Message}";
        }

        var options = settings.Current;
        var stack = exception is not null && options.Logging.Level is "Debug" or "Trace" ? $"\n{exception}" : "";
        var mask = MaskOf(options);
        var line = LogText.Line(mask.Apply(message + reasons)) + LogText.Indented(mask.Apply(stack));
        write($"{time.GetLocalNow():yyyy-MM-dd HH:mm:ss} {Word(level)} {line}");
    }

    private SecretMask MaskOf(HavenOptions options)
    {
        var known = _mask;
        if (!ReferenceEquals(known?.Options, options))
        {
            _mask = known = new MaskOfOptions(options, SecretMask.Of(options));
        }

        return known.Mask;
    }

    private static string Word(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            _ => "error",
        };

    private sealed record MaskOfOptions(HavenOptions Options, SecretMask Mask);

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => provider.IsEnabled(category, logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(logLevel, formatter(state, exception), exception);
            }
        }
    }
}

using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Engine.Replay;

/// <summary>Passes on only what is not a repetition.</summary>
internal sealed class ReplaySafeLogger(IOrchestrationContext context, ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => !context.IsReplaying && logger.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (!context.IsReplaying)
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}

using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Api;

/// <summary>
/// Server-sent events of status changes: at once after a quiet time, then at most twice a second. Changes that nobody announces are found
/// within a second. Ends after a minute so that no proxy or function host cuts it off in the middle.
/// </summary>
internal static class EventStream
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    // Without a sign of life a reader cannot tell a quiet service from a broken connection.
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(5);

    public static ApiResponse Open(StatusReport report) =>
        new()
        {
            Status = 200,
            ContentType = "text/event-stream; charset=utf-8",
            Headers = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Cache-Control"] = "no-cache",
                ["X-Accel-Buffering"] = "no",
            },
            Stream = (body, token) => WriteAsync(report, body, token),
        };

    private static async Task WriteAsync(StatusReport report, Stream body, CancellationToken cancellationToken)
    {
        using var watched = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var counting = report.CountWhileWatchedAsync(watched.Token);
        try
        {
            await WriteStatusAsync(report, body, cancellationToken);
        }
        finally
        {
            await watched.CancelAsync();
            await counting;
        }
    }

    private static async Task WriteStatusAsync(StatusReport report, Stream body, CancellationToken cancellationToken)
    {
        await body.WriteAsync("retry: 1000\n\n"u8.ToArray(), cancellationToken);
        var begun = report.Time.GetTimestamp();
        var written = begun;
        byte[] last = [];
        do
        {
            var (looked, changed) = (report.Time.GetTimestamp(), report.Changes.Next);
            var now = JsonSerializer.SerializeToUtf8Bytes(await report.BuildAsync(cancellationToken), HavenJson.Options);
            if (!now.AsSpan().SequenceEqual(last))
            {
                last = now;
                written = report.Time.GetTimestamp();
                await body.WriteAsync("event: status\ndata: "u8.ToArray(), cancellationToken);
                await body.WriteAsync(now, cancellationToken);
                await body.WriteAsync("\n\n"u8.ToArray(), cancellationToken);
                await body.FlushAsync(cancellationToken);
            }
            else if (report.Time.GetElapsedTime(written) >= KeepAliveInterval)
            {
                written = report.Time.GetTimestamp();
                await body.WriteAsync(": alive\n\n"u8.ToArray(), cancellationToken);
                await body.FlushAsync(cancellationToken);
            }

            await WaitAsync(report.Time, changed, looked, cancellationToken);
        } while (report.Time.GetElapsedTime(begun) < MaxDuration);
    }

    internal static async Task WaitAsync(TimeProvider time, Task changed, long looked, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(PollInterval, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return;
        }

        if (MinInterval - time.GetElapsedTime(looked) is { Ticks: > 0 } early)
        {
            await Task.Delay(early, time, cancellationToken);
        }
    }
}

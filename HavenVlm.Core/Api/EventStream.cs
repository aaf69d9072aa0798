using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Api;

/// <summary>
/// Server-sent events of status changes. Polled once a second rather than pushed: the same on every host, and a page of ten
/// watchers costs ten small reads. Ends after a minute so that no proxy or function host cuts it off in the middle.
/// </summary>
internal static class EventStream
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    // Without a sign of life a reader cannot tell a quiet service from a broken connection.
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);

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
        using var timer = new PeriodicTimer(Look, report.Time);
        var begun = report.Time.GetTimestamp();
        var written = begun;
        byte[] last = [];
        do
        {
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
            else if (report.Time.GetElapsedTime(written) >= SignOfLife)
            {
                written = report.Time.GetTimestamp();
                await body.WriteAsync(": alive\n\n"u8.ToArray(), cancellationToken);
                await body.FlushAsync(cancellationToken);
            }
        } while (report.Time.GetElapsedTime(begun) < Length && await timer.WaitForNextTickAsync(cancellationToken));
    }
}

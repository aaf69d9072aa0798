using System.Runtime.CompilerServices;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Whether this machine's clock agrees with Stash's: schedules, hours and what is recorded as newer depend on it.</summary>
internal sealed class ClockCheck(TimeProvider time) : ISystemCheck
{
    private const string Subject = "clock";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public async IAsyncEnumerable<Finding> RunAsync(HavenOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await AskAsync(options.Stash.Url, cancellationToken) is { } theirs)
        {
            yield return Judge(time.GetLocalNow(), theirs);
        }
    }

    internal static Finding Judge(DateTimeOffset ours, DateTimeOffset theirs)
    {
        var ahead = ours - theirs;
        return ahead.Duration() <= Tolerance
            ? Finding.Good(Subject, $"{ours:yyyy-MM-dd HH:mm} here, as Stash's machine says ({ours:zzz} from UTC)")
            : Finding.Warning(
                Subject,
                $"this machine's clock is {ahead.Duration().TotalMinutes:0} minutes {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} that of "
                    + "Stash's machine. Set both by the network (NTP): `hours`, the schedule and what counts as newer go by them."
            );
    }

    // Every web server says what time it is. Who does not has been told of by another check, or hides it.
    private static async Task<DateTimeOffset?> AskAsync(string url, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
            using var http = new HttpClient(handler);
            using var request = new HttpRequestMessage(HttpMethod.Head, url);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return response.Headers.Date;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}

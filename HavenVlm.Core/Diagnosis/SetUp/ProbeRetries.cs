using System.Net;
using Polly;
using Polly.Retry;

namespace HavenVlm.Core.Diagnosis.SetUp;

/// <summary>
/// Asks a server again that cut the connection or is busy for a moment, within the time of the probe. Where nobody listens nothing is
/// tried again: many ports are probed that nobody listens on.
/// </summary>
internal static class ProbeRetries
{
    private const int MaxRetries = 2;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    /// <summary>The pipeline of one probe, which begins now.</summary>
    /// <param name="patience">How long the probe may take; waits end before.</param>
    /// <param name="time">The clock.</param>
    public static ResiliencePipeline<HttpResponseMessage> Start(TimeSpan patience, TimeProvider time)
    {
        var started = time.GetTimestamp();
        return new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions<HttpResponseMessage>
                {
                    ShouldHandle = args =>
                        ValueTask.FromResult(
                            MayPass(args.Outcome)
                                && time.GetElapsedTime(started) + (Asked(args.Outcome.Result, time) ?? LongestDelay) < patience
                        ),
                    DelayGenerator = args => ValueTask.FromResult(Asked(args.Outcome.Result, time)),
                    MaxRetryAttempts = MaxRetries,
                    Delay = FirstDelay,
                    MaxDelay = LongestDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                }
            )
            .Build();
    }

    private static bool MayPass(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result?.StatusCode
            is HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout
        || outcome.Exception
            is HttpRequestException
            {
                HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.Unknown,
                InnerException: IOException
            };

    private static TimeSpan? Asked(HttpResponseMessage? response, TimeProvider time) =>
        response?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero,
            _ => null,
        };
}

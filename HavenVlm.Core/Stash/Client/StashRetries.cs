using Polly;
using Polly.Retry;

namespace HavenVlm.Core.Stash.Client;

/// <summary>
/// Sends a request again when what failed may be over in a moment: a cut connection, a busy database, a restart. It ends ten seconds after
/// the call began and ten seconds after the outage began, whichever call met it first. So it does not multiply with the hours that activities
/// wait for Stash: in a long outage each of their attempts is one request.
/// </summary>
internal sealed class StashRetries
{
    /// <summary>After this time nothing is sent again.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private const int MaxRetries = 4;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    // Callers that got the same Retry-After do not come back at the same moment.
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(250);

    private static readonly ResiliencePropertyKey<Call> CallKey = new("call");

    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ResiliencePipeline _pipeline;
    private readonly Lock _guard = new();
    private long? _outageSince;

    public StashRetries(TimeProvider time, Random random)
    {
        _time = time;
        _random = random;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions
                {
                    ShouldHandle = args => ValueTask.FromResult(IsWorthWaiting(args)),
                    DelayGenerator = args => ValueTask.FromResult(RequestedDelay(args.Outcome.Exception)),
                    MaxRetryAttempts = MaxRetries,
                    Delay = FirstDelay,
                    MaxDelay = LongestDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Randomizer = random.NextDouble,
                }
            )
            .Build();
    }

    /// <summary>Sends, and sends again where the calls allow it.</summary>
    /// <param name="calls">What is sent: it decides whether it may happen twice.</param>
    /// <param name="send">Sends once.</param>
    /// <param name="cancellationToken">Gives up, also while it waits.</param>
    /// <exception cref="StashUnavailableException">The last failure.</exception>
    public async Task<T> RunAsync<T>(
        IReadOnlyList<GraphQlCall> calls,
        Func<CancellationToken, Task<T>> send,
        CancellationToken cancellationToken
    )
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(CallKey, new Call(StashRetryRules.IsRepeatable(calls), _time.GetTimestamp()));
            return await _pipeline.ExecuteAsync(async attempt => await ObserveAsync(send, attempt.CancellationToken), context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<T> ObserveAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        try
        {
            var result = await send(cancellationToken);
            SetOutage(isOut: false);
            return result;
        }
        catch (StashUnavailableException)
        {
            SetOutage(isOut: true);
            throw;
        }
    }

    private void SetOutage(bool isOut)
    {
        lock (_guard)
        {
            _outageSince = isOut ? _outageSince ?? _time.GetTimestamp() : null;
        }
    }

    private bool IsWorthWaiting(RetryPredicateArguments<object> args)
    {
        var call = args.Context.Properties.GetValue(CallKey, new Call(IsRepeatable: false, _time.GetTimestamp()));
        return args.Outcome.Exception is StashUnavailableException failure
            && StashRetryRules.MayRepeat(failure, call.IsRepeatable)
            && Past(call) + (failure.RetryAfter + Spread ?? LongestDelay) <= Window;
    }

    private TimeSpan Past(Call call)
    {
        lock (_guard)
        {
            var ofCall = _time.GetElapsedTime(call.Started);
            var ofOutage = _outageSince is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero;
            return ofCall > ofOutage ? ofCall : ofOutage;
        }
    }

    private TimeSpan? RequestedDelay(Exception? exception) =>
        exception is StashUnavailableException { RetryAfter: { } after } ? after + (Spread * _random.NextDouble()) : null;

    private sealed record Call(bool IsRepeatable, long Started);
}

using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>What became of one request at one endpoint.</summary>
/// <param name="Attempt">Where it went.</param>
/// <param name="Value">The answer; only without a failure.</param>
/// <param name="Failure">Why there is none; null = there is one.</param>
internal sealed record PoolOutcome<T>(PoolAttempt Attempt, T? Value, EndpointFailureException? Failure)
{
    /// <summary>Whether only a picture of ours was sent: then there is neither an answer nor a try.</summary>
    public bool IsProbe { get; init; }

    /// <summary>Whether the endpoint answers other pictures, so that the failure is this request's.</summary>
    public bool IsOfPicture { get; init; }
}

/// <summary>
/// Sends a request to one endpoint and finds out whose fault a failure is: what may be the endpoint's counts against the picture only when
/// the endpoint answers another one.
/// </summary>
internal sealed class PoolSender<T>(
    Dispatcher dispatcher,
    Func<PoolEndpoint, CancellationToken, Task<T>> send,
    Func<PoolEndpoint, CancellationToken, Task>? probe
)
{
    /// <summary>Sends the request, or only a picture of ours where the endpoint may not be back yet. Throws only when the caller gave up.</summary>
    public async Task<PoolOutcome<T>> SendAsync(PoolAttempt attempt, RequestTries tries, CancellationToken stopping) =>
        probe is not null && attempt.IsProbe
            ? await ProbeAsync(attempt, stopping)
            : await JudgeAsync(await SendAsync(attempt, send, stopping), tries, stopping);

    /// <summary>Asks about a picture of ours; any answer shows that the endpoint is there.</summary>
    private async Task<PoolOutcome<T>> ProbeAsync(PoolAttempt attempt, CancellationToken stopping)
    {
        var outcome = await SendAsync(
            attempt,
            async (endpoint, token) =>
            {
                await probe!(endpoint, token);
                return default!;
            },
            stopping
        );
        var failure = outcome.Failure switch
        {
            { Kind: FailureKind.Request } refused => new EndpointFailureException(
                FailureKind.Down,
                refused.Message,
                innerException: refused
            ),
            { Kind: FailureKind.TooLarge } => null,
            { } reply when reply.Kind.IsFaultOfReply() => null,
            var other => other,
        };
        return outcome with { Failure = failure, IsProbe = true };
    }

    /// <summary>Finds out whose fault a failure is that would be the request's last.</summary>
    private async Task<PoolOutcome<T>> JudgeAsync(PoolOutcome<T> outcome, RequestTries tries, CancellationToken stopping)
    {
        if (
            probe is null
            || outcome.Failure is not { } failure
            || !(failure.IfOfPicture.Length > 0 || (failure.Kind.IsAmbiguous() && tries.WouldBeExhaustedBy(failure.Kind)))
        )
        {
            return outcome;
        }

        var (attempt, endpoint) = (outcome.Attempt, outcome.Attempt.Endpoint);
        dispatcher.Read(_ =>
        {
            endpoint.Probed();
            return true;
        });
        // Answers to other pictures do not show it: they may be from just before the trouble.
        var seen = await ProbeAsync(attempt, stopping);
        if (seen.Failure is { } trouble)
        {
            var isTelling = trouble.Kind is FailureKind.Unreachable or FailureKind.Overloaded or FailureKind.SlotLost;
            return outcome with { Failure = isTelling ? trouble : AsTrouble(failure) };
        }

        return failure.IfOfPicture.Length > 0
            ? outcome with
            {
                Failure = new EndpointFailureException(FailureKind.Refused, failure.IfOfPicture, innerException: failure),
            }
            : outcome with
            {
                IsOfPicture = true,
            };
    }

    // It fails whatever it is asked.
    private static EndpointFailureException AsTrouble(EndpointFailureException failure) =>
        failure.Kind == FailureKind.Misconfigured
            ? failure
            : new EndpointFailureException(FailureKind.Down, failure.Message, failure.RetryAfter, failure);

    private static string Advice(PoolEndpoint endpoint, PoolAttempt attempt) =>
        attempt.IsProbe ? "" : $" (raise timeout of endpoint {endpoint.Options.Name} if its model takes longer)";

    private async Task<PoolOutcome<T>> SendAsync(
        PoolAttempt attempt,
        Func<PoolEndpoint, CancellationToken, Task<T>> what,
        CancellationToken stopping
    )
    {
        var endpoint = attempt.Endpoint;
        var lost = attempt.Slot?.Lost ?? CancellationToken.None;
        using var timeout = new CancellationTokenSource(attempt.Timeout, dispatcher.Clock.Time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token, lost);
        try
        {
            return new PoolOutcome<T>(attempt, await what(endpoint, any.Token), Failure: null);
        }
        catch (EndpointFailureException failure)
        {
            return new PoolOutcome<T>(attempt, default, failure);
        }
        catch (OperationCanceledException e) when (!stopping.IsCancellationRequested)
        {
            return new PoolOutcome<T>(
                attempt,
                default,
                lost.IsCancellationRequested
                    ? new EndpointFailureException(FailureKind.SlotLost, "its slot was lost", innerException: e)
                    : new EndpointFailureException(
                        FailureKind.Timeout,
                        $"no answer within {attempt.Timeout.TotalSeconds:0.#} s{Advice(endpoint, attempt)}",
                        innerException: e
                    )
            );
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new PoolOutcome<T>(attempt, default, new EndpointFailureException(FailureKind.Server, e.Message, innerException: e));
        }
    }
}

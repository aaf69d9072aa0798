using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>One request on its way through the pool: tries, retries elsewhere, and the repetition of what is stuck.</summary>
internal sealed class PoolRequest<T>(
    Dispatcher dispatcher,
    PoolLifetime lifetime,
    Func<PoolEndpoint, CancellationToken, Task<T>> send,
    long order
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private readonly TimeSpan _since = dispatcher.Clock.Now;
    private readonly List<string> _tried = [];
    private bool _mayUseFallback;

    /// <summary>Lets the caller's token end a request, until nobody waits for its answer any more.</summary>
    private sealed class CallerLink(CancellationToken caller)
    {
        private CancellationTokenRegistration _registration;

        public void Attach(CancellationTokenSource request) =>
            _registration = caller.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), request);

        public void Cut() => _registration.Dispose();
    }

    // Not CancelAsync: it would only add a thread, and nothing that is cancelled here blocks.
    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    private sealed record Outcome(PoolAttempt Attempt, T? Value, EndpointFailureException? Failure);

    /// <summary>Runs it to the end.</summary>
    public async Task<T> RunAsync(CancellationToken cancellationToken)
    {
        var attempts = 0;
        for (; ; )
        {
            var outcome = await TryOnceAsync(cancellationToken);
            if (outcome.Failure is not { } failure)
            {
                return outcome.Value!;
            }

            failure.Endpoint = outcome.Attempt.Endpoint.Options.Name;
            // Waiting until a server is back is no try.
            attempts += failure.Kind.MaxAttempts() == int.MaxValue ? 0 : 1;
            if (failure.Kind != FailureKind.SlotLost && !_tried.Contains(failure.Endpoint, StringComparer.Ordinal))
            {
                _tried.Add(failure.Endpoint);
            }

            _mayUseFallback |= !failure.Kind.IsFaultOfReply();
            // The same model would cut or refuse the same picture again.
            var onlyElsewhere = failure.Kind is FailureKind.Cut or FailureKind.Refused;
            if (attempts >= failure.Kind.MaxAttempts() || (onlyElsewhere && !dispatcher.HasOther(Waiting())))
            {
                throw failure;
            }

            if (failure.Kind == FailureKind.Server && !dispatcher.HasOther(Waiting()))
            {
                // The same server in the same moment would fail again.
                await Task.Delay(FirstPause * Math.Pow(2, attempts - 1), dispatcher.Clock.Time, cancellationToken);
            }
        }
    }

    private WaitingRequest Waiting() => new(order, _since) { Tried = [.. _tried], MayUseFallback = _mayUseFallback };

    private WaitingRequest Elsewhere(PoolAttempt attempt) =>
        new(order, _since)
        {
            Tried = [.. _tried, attempt.Endpoint.Options.Name],
            IsHedge = true,
            MayUseFallback = _mayUseFallback,
        };

    private async Task<Outcome> TryOnceAsync(CancellationToken cancellationToken)
    {
        var attempt = await dispatcher.AcquireAsync(Waiting(), cancellationToken);
        var caller = new CallerLink(cancellationToken);
        var first = SendAsync(attempt, caller);
        using var watch = new StuckWatch(dispatcher, attempt, Elsewhere(attempt));
        await Task.WhenAny(first, watch.Stuck);
        watch.Dispose();
        if (watch.Stuck.IsCompleted && first.IsCompleted)
        {
            dispatcher.GiveHedgeBack();
            return await first;
        }

        return watch.Stuck.IsCompleted ? await RaceAsync(attempt, first, caller, cancellationToken) : await first;
    }

    /// <summary>Repeats a stuck request elsewhere; whichever answers first is taken.</summary>
    private async Task<Outcome> RaceAsync(PoolAttempt stuck, Task<Outcome> first, CallerLink caller, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var placed = new TaskCompletionSource();
        var second = RepeatAsync(stuck, placed, stop.Token);
        try
        {
            await Task.WhenAny(first, (Task)second);
            if (first.IsCompleted && ((await first).Failure is null || !placed.Task.IsCompleted))
            {
                // Failed before the repetition found a place: then there is nothing to repeat, and trying again is the caller's.
                return await first;
            }

            if (await second is { Failure: null } answered)
            {
                // The first is not cancelled: its slot is really taken, and its answer shows that the endpoint is back.
                caller.Cut();
                lifetime.Outlive(first);
                return answered;
            }

            return await first;
        }
        finally
        {
            Cancel(stop);
            await second;
        }
    }

    private async Task<Outcome?> RepeatAsync(PoolAttempt stuck, TaskCompletionSource placed, CancellationToken cancellationToken)
    {
        PoolAttempt attempt;
        try
        {
            attempt = await dispatcher.AcquireAsync(Elsewhere(stuck), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            dispatcher.GiveHedgeBack();
            return null;
        }

        placed.SetResult();
        dispatcher.Update(_ => stuck.Endpoint.Hedged++);
        try
        {
            return await SendAsync(attempt, new CallerLink(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Sends to one endpoint and settles what that says about it. Throws only when the caller gave up.</summary>
    private async Task<Outcome> SendAsync(PoolAttempt attempt, CallerLink caller)
    {
        var endpoint = attempt.Endpoint;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.Stopping);
        caller.Attach(stop);
        dispatcher.Read(now =>
        {
            endpoint.Started(attempt, now);
            return now;
        });
        try
        {
            var outcome = await SendAsync(attempt, stop.Token);
            await SettleAsync(
                attempt,
                now =>
                {
                    if (outcome.Failure is { } failure)
                    {
                        endpoint.Failed(attempt, failure, now, dispatcher.Clock.UtcNow);
                    }
                    else
                    {
                        endpoint.Succeeded(attempt, now);
                    }
                }
            );
            return outcome;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await SettleAsync(attempt, now => endpoint.Abandoned(attempt, now));
            throw;
        }
        finally
        {
            caller.Cut();
        }
    }

    private async Task<Outcome> SendAsync(PoolAttempt attempt, CancellationToken stopping)
    {
        var endpoint = attempt.Endpoint;
        var lost = attempt.Slot?.Lost ?? CancellationToken.None;
        using var timeout = new CancellationTokenSource(endpoint.Options.Timeout, dispatcher.Clock.Time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token, lost);
        try
        {
            return new Outcome(attempt, await send(endpoint, any.Token), Failure: null);
        }
        catch (EndpointFailureException failure)
        {
            return new Outcome(attempt, default, failure);
        }
        catch (OperationCanceledException e) when (!stopping.IsCancellationRequested)
        {
            return new Outcome(
                attempt,
                default,
                lost.IsCancellationRequested
                    ? new EndpointFailureException(FailureKind.SlotLost, "its slot was lost", innerException: e)
                    : new EndpointFailureException(
                        FailureKind.Timeout,
                        $"no answer within {endpoint.Options.Timeout.TotalSeconds:0.#} s",
                        innerException: e
                    )
            );
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new Outcome(attempt, default, new EndpointFailureException(FailureKind.Server, e.Message, innerException: e));
        }
    }

    // The slot goes back before the pool looks for the next request, else that one would find it taken.
    private async ValueTask SettleAsync(PoolAttempt attempt, Action<TimeSpan> settle)
    {
        try
        {
            if (attempt.Slot is { } slot)
            {
                await slot.DisposeAsync();
            }
        }
        finally
        {
            dispatcher.Update(settle);
        }
    }
}

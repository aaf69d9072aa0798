using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>
/// One request on its way through the pool: tries, retries elsewhere, and the repetition of what is stuck. Before it is given up for a failure
/// that may be the endpoint's, the endpoint is asked about a picture of ours: only when that is answered was it the request's.
/// </summary>
internal sealed class PoolRequest<T>(
    Dispatcher dispatcher,
    PoolLifetime lifetime,
    Func<PoolEndpoint, CancellationToken, Task<T>> send,
    Func<PoolEndpoint, CancellationToken, Task>? probe,
    Func<T, double?>? tokens,
    long order
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private readonly TimeSpan _since = dispatcher.Clock.Now;
    private readonly RequestTries _tries = new(dispatcher);
    private readonly PoolSender<T> _sender = new(dispatcher, send, probe);
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

    /// <summary>Runs it to the end.</summary>
    public async Task<T> RunAsync(CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var outcome = await TryOnceAsync(cancellationToken);
            if (outcome.IsProbe)
            {
                continue;
            }

            if (outcome.Failure is not { } failure)
            {
                return outcome.Value!;
            }

            failure.Endpoint = outcome.Attempt.Endpoint.Options.Name;
            _tries.Add(outcome.Attempt, failure.Kind);
            _mayUseFallback |= !failure.Kind.IsFaultOfReply();
            // The same model would cut or refuse the same picture again.
            var onlyElsewhere = failure.Kind is FailureKind.Cut or FailureKind.Refused;
            if (_tries.IsExhausted(failure.Kind) || (onlyElsewhere && !dispatcher.HasOther(Waiting())))
            {
                throw failure;
            }

            if (failure.Kind == FailureKind.Server && _tries.Count is > 0 and var tries && !dispatcher.HasOther(Waiting()))
            {
                // The same server in the same moment would fail again.
                await Task.Delay(FirstPause * Math.Pow(2, tries - 1), dispatcher.Clock.Time, cancellationToken);
            }
        }
    }

    private WaitingRequest Waiting() => new(order, _since) { Tried = _tries.Endpoints, MayUseFallback = _mayUseFallback };

    private WaitingRequest Elsewhere(PoolAttempt attempt) =>
        new(order, _since)
        {
            Tried = [.. _tries.Endpoints, attempt.Endpoint.Options.Name],
            IsHedge = true,
            MayUseFallback = _mayUseFallback,
        };

    private async Task<PoolOutcome<T>> TryOnceAsync(CancellationToken cancellationToken)
    {
        var attempt = await dispatcher.AcquireAsync(Waiting(), cancellationToken);
        var caller = new CallerLink(cancellationToken);
        var first = SendAsync(attempt, caller);
        using var watch = new StuckWatch(dispatcher, attempt, Elsewhere(attempt));
        await Task.WhenAny(first, watch.Stuck);
        watch.Dispose();
        if (watch.Stuck.IsCompleted && first.IsCompleted)
        {
            if (!watch.IsFree)
            {
                dispatcher.ReturnHedge();
            }

            return await first;
        }

        return watch.Stuck.IsCompleted ? await RaceAsync(attempt, first, caller, watch.IsFree, cancellationToken) : await first;
    }

    /// <summary>Repeats a stuck request elsewhere; whichever answers first is taken.</summary>
    private async Task<PoolOutcome<T>> RaceAsync(
        PoolAttempt stuck,
        Task<PoolOutcome<T>> first,
        CallerLink caller,
        bool isFree,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var placed = new TaskCompletionSource();
        var second = RepeatAsync(stuck, placed, isFree, stop.Token);
        try
        {
            await Task.WhenAny(first, (Task)second);
            if (first.IsCompleted && (await first is { Failure: null, IsProbe: false } || !placed.Task.IsCompleted))
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

    private async Task<PoolOutcome<T>?> RepeatAsync(
        PoolAttempt stuck,
        TaskCompletionSource placed,
        bool isFree,
        CancellationToken cancellationToken
    )
    {
        PoolAttempt attempt;
        try
        {
            attempt = await dispatcher.AcquireAsync(Elsewhere(stuck), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if (!isFree)
            {
                dispatcher.ReturnHedge();
            }

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
    private async Task<PoolOutcome<T>> SendAsync(PoolAttempt attempt, CallerLink caller)
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
            var outcome = await _sender.SendAsync(attempt, _tries, stop.Token);
            await SettleAsync(
                attempt,
                now =>
                {
                    if (outcome.Failure is { } failure)
                    {
                        endpoint.Failed(attempt, failure, outcome.IsOfPicture, now, dispatcher.Clock.UtcNow);
                    }
                    else
                    {
                        endpoint.Succeeded(attempt, outcome.IsProbe || tokens is null ? null : tokens(outcome.Value!), now);
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

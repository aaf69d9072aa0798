using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>
/// What the failures of a request are worth. Failures at an endpoint that was then found to be in trouble are not the request's and count
/// no more, up to a number of troubles that are no coincidence.
/// </summary>
internal sealed class RequestTries(Dispatcher dispatcher)
{
    private const int ToleratedOutages = 3;
    private readonly List<(PoolEndpoint Endpoint, int Generation)> _failures = [];
    private readonly List<string> _endpoints = [];
    private int _replies;

    /// <summary>Endpoints that it failed at.</summary>
    public IReadOnlyList<string> Endpoints => [.. _endpoints];

    /// <summary>Failures that count.</summary>
    public int Count =>
        _replies + dispatcher.Read(_ => _failures.Count(failure => failure.Endpoint.Breaker.Generation == failure.Generation));

    /// <summary>It failed once more.</summary>
    public void Add(PoolAttempt attempt, FailureKind kind)
    {
        var name = attempt.Endpoint.Options.Name;
        if (kind != FailureKind.SlotLost && !_endpoints.Contains(name, StringComparer.Ordinal))
        {
            _endpoints.Add(name);
        }

        if (kind.IsFaultOfReply())
        {
            _replies++;
        }
        else if (kind.MaxAttempts() != int.MaxValue)
        {
            // Waiting until a server is back is no try.
            _failures.Add((attempt.Endpoint, attempt.Generation));
        }
    }

    /// <summary>Whether it is worth no further one after a failure of this kind.</summary>
    public bool IsExhausted(FailureKind kind)
    {
        var most = kind.MaxAttempts();
        return most != int.MaxValue && (Count >= most || _replies + _failures.Count >= most * ToleratedOutages);
    }

    /// <summary>Whether another failure of this kind would be the last.</summary>
    public bool WouldBeExhaustedBy(FailureKind kind) => kind.MaxAttempts() is var most && most != int.MaxValue && Count + 1 >= most;
}

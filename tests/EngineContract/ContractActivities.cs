using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.EngineContract;

/// <summary>Returns its input and notes it.</summary>
public sealed class Echo(Gates gates) : IActivity<string, string>
{
    public Task<string> RunAsync(string input, CancellationToken cancellationToken)
    {
        gates.Note(input);
        return Task.FromResult(input);
    }
}

/// <summary>Returns its input after the gate of that name was opened.</summary>
public sealed class Gated(Gates gates) : IActivity<string, string>
{
    public async Task<string> RunAsync(string input, CancellationToken cancellationToken)
    {
        await gates.PassAsync(input, cancellationToken);
        gates.Note(input);
        return input;
    }
}

/// <summary>Doubles a number.</summary>
public sealed class Double : IActivity<int, int>
{
    public Task<int> RunAsync(int input, CancellationToken cancellationToken) => Task.FromResult(2 * input);
}

/// <summary>How an activity is to fail.</summary>
public sealed record FailurePlan(string Key, int Times, bool Permanently);

/// <summary>Fails so many times, then returns the number of the attempt.</summary>
public sealed class Flaky(Gates gates) : IActivity<FailurePlan, int>
{
    public Task<int> RunAsync(FailurePlan input, CancellationToken cancellationToken)
    {
        gates.Note(input.Key);
        var attempt = gates.Log.Count(line => string.Equals(line, input.Key, StringComparison.Ordinal));
        if (attempt > input.Times)
        {
            return Task.FromResult(attempt);
        }

        throw input.Permanently
            ? new PermanentFailureException($"attempt {attempt} failed for good")
            : new InvalidDataException($"attempt {attempt} failed");
    }
}

/// <summary>A message with a bit of everything.</summary>
public sealed record Parcel(string Name, int? Count, TimeSpan Length, DateTimeOffset At, IReadOnlyList<string> Tags, RuntimeStatus Status);

/// <summary>Returns what it was given.</summary>
public sealed class Carry : IActivity<Parcel, Parcel>
{
    public Task<Parcel> RunAsync(Parcel input, CancellationToken cancellationToken) => Task.FromResult(input);
}

/// <summary>Takes nothing and returns nothing.</summary>
public sealed class Nothing : IActivity<string?, string?>
{
    public Task<string?> RunAsync(string? input, CancellationToken cancellationToken) => Task.FromResult(input);
}

namespace HavenVlm.Core.Workflows.Running;

/// <summary>What is out when this process is asked to end may still arrive and be kept: a token that fires a while after that.</summary>
internal sealed class ShutdownGracePeriod : IAsyncDisposable
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _ending;

    /// <param name="ending">Fires when this process is asked to end.</param>
    public ShutdownGracePeriod(CancellationToken ending) =>
        _ending = ending.UnsafeRegister(static state => ((CancellationTokenSource)state!).CancelAfter(Length), _source);

    /// <summary>Fires three seconds after the end was asked for.</summary>
    public CancellationToken Token => _source.Token;

    public async ValueTask DisposeAsync()
    {
        await _ending.DisposeAsync();
        _source.Dispose();
    }
}

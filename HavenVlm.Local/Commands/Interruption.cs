using System.Runtime.InteropServices;

namespace HavenVlm.Local.Commands;

/// <summary>Ctrl-C and the system's request to end: the first one asks the command to stop, a second one ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    private Interruption()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
    }

    /// <summary>Cancelled when the command is to stop.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether the system asked, as when a container or service is stopped, rather than a person.</summary>
    public bool IsBySystem { get; private set; }

    public static Interruption Listen() => new();

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _count) > 1)
        {
            Environment.Exit(ExitCode.Interrupted);
        }

        context.Cancel = true;
        IsBySystem = context.Signal == PosixSignal.SIGTERM;
        _stop.Cancel();
    }
}

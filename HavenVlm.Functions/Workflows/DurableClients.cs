using Microsoft.DurableTask.Client;

namespace HavenVlm.Functions.Workflows;

/// <summary>
/// The client of the task hub. Durable Functions hands one to every function that asks for it and to nobody else, so every function
/// does and leaves it here; they are all the same one, kept by the extension for as long as the process lives.
/// </summary>
public sealed class DurableClients
{
    private volatile DurableTaskClient? _current;

    /// <summary>The client.</summary>
    /// <exception cref="InvalidOperationException">No function has run yet.</exception>
    public DurableTaskClient Current =>
        _current ?? throw new InvalidOperationException("Durable Functions has not handed out its client yet; a function must run first.");

    /// <summary>Keeps the client that a function was given.</summary>
    public void Use(DurableTaskClient client) => _current = client;
}

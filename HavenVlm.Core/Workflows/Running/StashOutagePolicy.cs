using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Workflows.Running;

/// <summary>
/// Work that has begun does not fail because Stash refuses the key, asks for a migration, or hides behind a proxy that answers with pages:
/// somebody fixes that, and the key and the address are read again for every request. So it is waited for like an outage, with the
/// reason in the status.
/// </summary>
internal static class StashOutagePolicy
{
    /// <summary>Runs work of an activity; what only the server as a whole refuses counts as an outage.</summary>
    /// <exception cref="StashUnavailableException">Later it may work.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (StashException e) when (e.Kind is StashErrorKind.Unauthorized or StashErrorKind.NotStash or StashErrorKind.Invalid)
        {
            throw new StashUnavailableException(e.Kind, e.Message, e);
        }
    }
}

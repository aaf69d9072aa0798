using HavenVlm.Core.Configuration;
using HavenVlm.Local.Commands;
using HavenVlm.Local.Engine.Journal;

namespace HavenVlm.Local.Sessions;

/// <summary>Opens sessions: with the server that runs on the data folder, else in this process.</summary>
internal static class HavenSessions
{
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    public static async Task<IHavenSession> OpenAsync(
        HavenOptions options,
        Action<string> log,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        await FindServerAsync(options, time, cancellationToken)
        ?? (IHavenSession)await ProcessSession.OpenAsync(options, log, time, cancellationToken);

    /// <summary>A session with the server that runs on the data folder; null when no process works on it.</summary>
    /// <exception cref="CommandException">A process works on it that is no server.</exception>
    public static async Task<ServerSession?> FindServerAsync(HavenOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = options.Storage.DataDir;
        var begun = time.GetTimestamp();
        while (DataFolderLock.TryReadHolder(folder) is { } holder)
        {
            if (holder.Address is { } address)
            {
                return ServerSession.Open(holder, address, folder, options.Server.ApiKey);
            }

            // A server that starts has the folder a little before it listens.
            if (time.GetElapsedTime(begun) > StartUp)
            {
                throw new CommandException(
                    $"The data folder {folder} is in use by {holder}, which is no server. Wait until that command is done, or stop it."
                );
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return null;
    }
}

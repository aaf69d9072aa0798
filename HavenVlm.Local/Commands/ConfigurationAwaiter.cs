using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Local.Server;

namespace HavenVlm.Local.Commands;

/// <summary>
/// Waits for a valid configuration, listening meanwhile: a page shows the errors, and the health check passes. A container that ended
/// instead would be restarted in a loop, and nobody would read why among its starts.
/// </summary>
internal sealed class ConfigurationAwaiter(CommandContext context)
{
    private const string ListenVariable = "HavenVlm__Server__Listen";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Returns the configuration as soon as it is valid; each other state is reported once.</summary>
    /// <param name="asked">The file from the command line; null = the usual one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The address is in use.</exception>
    public async Task<LoadedConfiguration> LoadAsync(string? asked, CancellationToken cancellationToken)
    {
        WaitingServer? server = null;
        try
        {
            var reported = "";
            while (true)
            {
                try
                {
                    return context.Load(asked);
                }
                catch (ConfigurationException e)
                {
                    var reason = Reason(e);
                    server ??= await WaitingServer.StartAsync(Listen(), reason, cancellationToken);
                    server.Show(reason);
                    var text = string.Join(Environment.NewLine, reason.Errors);
                    if (!text.Equals(reported, StringComparison.Ordinal))
                    {
                        context.Terminal.Note(text);
                        context.Terminal.Note($"Waiting for a valid configuration at {server.Address}. {reason.NextStep}");
                        reported = text;
                    }
                }

                await Task.Delay(Interval, context.Time, cancellationToken);
            }
        }
        finally
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }
    }

    private static WaitingReason Reason(ConfigurationException e)
    {
        var init = ContainerRuntime.IsOurs ? "docker compose run --rm haven init" : "haven init";
        return new WaitingReason(
            [.. e.Errors.Select(error => error.ToString())],
            $"`{init}` asks for the settings and writes the file; or edit it."
        );
    }

    // The file cannot be read, so only the environment can say where; the container image does.
    private ListenAddress Listen()
    {
        var only = context
            .Environment.Where(variable => variable.Key.Equals(ListenVariable, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(StringComparer.Ordinal);
        try
        {
            return ListenAddress.Parse(ConfigurationLoader.Load(file: null, only).Options.Server.Listen);
        }
        catch (ConfigurationException)
        {
            return ListenAddress.Parse(new ServerOptions().Listen);
        }
    }
}

using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;

namespace HavenVlm.Local.Commands;

/// <summary>
/// Waits for a configuration that can be read. A container that ended instead would be started again and again, and nobody would read
/// why among its starts.
/// </summary>
internal sealed class ConfigurationAwaiter(CommandContext context)
{
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(2);

    /// <summary>Reads it, as soon as it can be read; every other state is reported once.</summary>
    public async Task<LoadedConfiguration> LoadAsync(string? asked, CancellationToken cancellationToken)
    {
        var told = "";
        while (true)
        {
            try
            {
                return context.Load(asked);
            }
            catch (ConfigurationException e)
            {
                var text = string.Join(Environment.NewLine, e.Errors);
                if (!text.Equals(told, StringComparison.Ordinal))
                {
                    Report(text);
                    told = text;
                }
            }

            await Task.Delay(s_betweenLooks, context.Time, cancellationToken);
        }
    }

    private void Report(string mistakes)
    {
        var init = ContainerRuntime.IsHere ? "docker compose run --rm haven init" : "haven init";
        context.Terminal.Note(mistakes);
        context.Terminal.Note($"Waiting for a configuration that can be read. `{init}` asks for what is needed and writes it.");
    }
}

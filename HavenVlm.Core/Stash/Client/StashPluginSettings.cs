using System.Text.Json.Nodes;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Stash.Client;

/// <summary>What became of settings that were to be written into Stash.</summary>
public enum PluginSettingsOutcome
{
    /// <summary>They are there.</summary>
    Written,

    /// <summary>All but the key: this Stash has no password, so everybody on its network could read it there.</summary>
    WrittenWithoutKey,

    /// <summary>This Stash is older than v0.24 and keeps no settings of plugins.</summary>
    NotSupported,
}

/// <summary>Writes the settings of our plugin into Stash.</summary>
public sealed class StashPluginSettings
{
    private readonly StashClient _stash;

    internal StashPluginSettings(StashClient stash) => _stash = stash;

    /// <summary>Sets address and key; other settings of the plugin stay.</summary>
    /// <param name="pluginId">The plugin.</param>
    /// <param name="address">Address of the service as Stash reaches it.</param>
    /// <param name="key">Its key; empty = none is needed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PermanentFailureException">Stash cannot be reached or refuses; the message says what to fix.</exception>
    public async Task<PluginSettingsOutcome> WriteAsync(string pluginId, string address, string key, CancellationToken cancellationToken)
    {
        try
        {
            if (!(await _stash.SchemaAsync(cancellationToken)).Has("Mutation.configurePlugin"))
            {
                return PluginSettingsOutcome.NotSupported;
            }

            var isPublic = key.Length > 0 && await _stash.AllowsAnonymousAsync(cancellationToken);
            var settings = await ReadAsync(pluginId, cancellationToken);
            settings["address"] = address;
            if (!isPublic)
            {
                settings["key"] = key;
            }

            // Stash replaces all settings of the plugin by what it is given.
            var variables = new JsonObject { ["plugin_id"] = pluginId, ["input"] = settings };
            (await _stash.SendAsync([GraphQlCall.Of("ConfigurePlugin", variables)], cancellationToken)).OrThrow();
            return isPublic ? PluginSettingsOutcome.WrittenWithoutKey : PluginSettingsOutcome.Written;
        }
        catch (StashUnavailableException e)
        {
            throw new PermanentFailureException(e.Message, e);
        }
    }

    private async Task<JsonObject> ReadAsync(string pluginId, CancellationToken cancellationToken)
    {
        var results = (await _stash.SendAsync([GraphQlCall.Of("PluginSettings")], cancellationToken)).OrThrow();
        var all = results.Get<JsonObject>(0, "plugins");
        return all?[pluginId] is JsonObject own ? (JsonObject)own.DeepClone() : [];
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace HavenVlm.Simulation.Stash.Plugins;

/// <summary>The cookies with which a plugin's process may ask the Stash that started it.</summary>
internal sealed class PluginSessions
{
    public const string CookieName = "session";
    private readonly ConcurrentDictionary<string, bool> _issued = new(StringComparer.Ordinal);

    public JsonObject NewCookie()
    {
        var value = RandomNumberGenerator.GetHexString(64, lowercase: true);
        _issued[value] = true;
        return new JsonObject
        {
            ["Name"] = CookieName,
            ["Value"] = value,
            ["Quoted"] = false,
            ["Path"] = "/",
            ["Domain"] = "",
            ["Expires"] = "2030-01-01T00:00:00Z",
            ["RawExpires"] = "",
            ["MaxAge"] = 3600,
            ["Secure"] = false,
            ["HttpOnly"] = false,
            ["SameSite"] = 2,
            ["Raw"] = "",
            ["Unparsed"] = null,
        };
    }

    public bool IsIssued(string? value) => value is not null && _issued.ContainsKey(value);
}

using System.Text.Json.Nodes;

namespace HavenVlm.Simulation.Stash;

/// <summary>What Stash tells a plugin after a change.</summary>
/// <param name="Type">Such as <c>Scene.Update.Post</c>.</param>
/// <param name="Id">The id of what was changed.</param>
/// <param name="InputFields">Which fields the caller gave; empty where the server does not tell.</param>
public sealed record StashHook(string Type, int Id, IReadOnlyList<string> InputFields)
{
    /// <summary>The change as the caller asked for it, as JSON.</summary>
    public string Input { get; init; } = "{}";

    /// <summary>What a plugin finds as <c>hookContext</c> among its arguments.</summary>
    public JsonObject ToHookContext()
    {
        var context = new JsonObject
        {
            ["id"] = Id,
            ["type"] = Type,
            ["input"] = JsonNode.Parse(Input),
        };
        if (InputFields.Count > 0)
        {
            context["inputFields"] = new JsonArray([.. InputFields.Select(field => JsonValue.Create(field))]);
        }

        return context;
    }
}

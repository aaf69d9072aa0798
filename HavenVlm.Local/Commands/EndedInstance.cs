using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Local.Commands;

/// <summary>Reads and tells how an instance ended.</summary>
internal static class EndedInstance
{
    /// <summary>What an instance that completed came to; null for any other.</summary>
    public static T? OutputOf<T>(InstanceResponse ended)
        where T : class =>
        ended is { RuntimeStatus: nameof(RuntimeStatus.Completed), Output: { ValueKind: JsonValueKind.Object } output }
            ? output.Deserialize<T>(HavenJson.Options)
            : null;

    /// <summary>Says that it failed or was terminated, and why.</summary>
    public static void PrintEnd(Terminal terminal, InstanceResponse ended)
    {
        var reason = ended.Output is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        var end = ended.RuntimeStatus is nameof(RuntimeStatus.Failed) ? "failed" : "was terminated";
        terminal.Note($"{Work(ended.Name)} {end}: {reason}");
    }

    /// <summary>What an orchestrator does, for people.</summary>
    private static string Work(string orchestrator) =>
        orchestrator switch
        {
            WorkflowNames.TagScenes or WorkflowNames.TagScene => "Tagging scenes",
            WorkflowNames.TagImages => "Tagging images",
            WorkflowNames.CollectIncorrect => "The export",
            WorkflowNames.Undo => "The undo",
            WorkflowNames.FindMarkerSettings => "Finding marker settings",
            WorkflowNames.Sweep => "The sweep",
            _ => orchestrator,
        };
}

using System.CommandLine;

namespace HavenVlm.Local.Commands;

/// <summary>The option <c>--wait</c> of every command that has work done.</summary>
internal static class WaitOption
{
    public static Option<bool> Create() =>
        new("--wait")
        {
            Description = "Waits for Stash or the model servers during an outage instead of ending; the work stays queued either way.",
        };
}

using System.CommandLine;

namespace HavenVlm.Local.Commands;

/// <summary>The option <c>--wait</c> of every command that has work done.</summary>
internal static class WaitOption
{
    public static Option<bool> Create() =>
        new("--wait")
        {
            Description = "Waits out an outage of Stash or the model servers instead of ending; the work stays queued either way.",
        };
}

using System.CommandLine;

namespace HavenVlm.Local.Commands;

/// <summary>The option <c>--json</c> of every command that has a result.</summary>
internal static class JsonOption
{
    public static Option<bool> Create() => new("--json") { Description = "Prints the result as one JSON document and nothing else." };
}

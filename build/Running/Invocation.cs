using System.Diagnostics;

namespace HavenVlm.Build.Running;

/// <summary>A program with its arguments, run in a folder.</summary>
internal sealed record Invocation(string Program, IReadOnlyList<string> Arguments, string Folder)
{
    /// <summary>Variables on top of this process's own.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The same with one more variable.</summary>
    public Invocation With(string name, string value) =>
        this with
        {
            Variables = new Dictionary<string, string>(Variables, StringComparer.Ordinal) { [name] = value },
        };

    /// <summary>The same as the framework wants it.</summary>
    public ProcessStartInfo ToStartInfo()
    {
        var start = new ProcessStartInfo(Program, Arguments) { WorkingDirectory = Folder };
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}

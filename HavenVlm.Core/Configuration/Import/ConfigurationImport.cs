using System.Text;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Configuration.Import;

/// <summary>
/// Makes a <c>haven.yaml</c> of the old Python plugin's <c>haven_vlm_config.py</c>. The old file is read as data: nothing in it is run.
/// </summary>
public sealed class ConfigurationImport
{
    /// <summary>Larger files are no configuration.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int MaxCorrections = 10_000;
    private const int MaxListed = 200;

    private ConfigurationImport(string yaml, LoadedConfiguration configuration, ImportedFile file)
    {
        Yaml = yaml;
        Configuration = configuration;
        Taken = [.. file.Taken];
        NotTaken = file.NotTaken;
        Warnings = file.Warnings;
    }

    /// <summary>The new file.</summary>
    public string Yaml { get; }

    /// <summary>The new file as it reads back.</summary>
    public LoadedConfiguration Configuration { get; }

    /// <summary>What was taken, and what it is called now.</summary>
    public IReadOnlyList<string> Taken { get; }

    /// <summary>What was not taken, by line, and why.</summary>
    public IReadOnlyList<string> NotTaken { get; }

    /// <summary>What deserves attention, such as endpoints outside this network.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads an old file. Keys of endpoints go into the new file and nowhere else.</summary>
    /// <param name="source">The old file.</param>
    /// <param name="name">How it is called in the new one.</param>
    /// <param name="staysLocal">Whether pictures sent to an address stay on this machine or its private network.</param>
    /// <exception cref="PermanentFailureException">It has nothing of a configuration in it.</exception>
    public static ConfigurationImport Read(string source, string name, Func<string, bool> staysLocal)
    {
        if (source.Length > MaxBytes)
        {
            throw new PermanentFailureException($"{name} is longer than any configuration of the plugin.");
        }

        var old = PythonAssignments.Read(source);
        var file = LegacyPlugin.Map(old, staysLocal);
        if (!file.Taken.Any())
        {
            throw new PermanentFailureException(
                $"{name} has no settings of the plugin in it. The file to import is haven_vlm_config.py in the plugin's folder."
            );
        }

        file.NotTaken.AddRange(old.Unread.Select(line => $"line {line}: not a plain value; nothing in the file is run"));
        for (var correction = 0; correction < MaxCorrections; correction++)
        {
            var head = Head(name, file, old);
            var lines = file.Lines();
            var yaml = string.Join('\n', head.Concat(lines.Select(line => line.Text))) + "\n";
            try
            {
                var loaded = ConfigurationLoader.LoadText(
                    yaml,
                    name,
                    Directory.GetCurrentDirectory(),
                    new Dictionary<string, string>(StringComparer.Ordinal)
                );
                return new ConfigurationImport(yaml, loaded, file);
            }
            catch (ConfigurationException e)
            {
                Correct(file, lines, head.Count, e);
            }
        }

        throw new PermanentFailureException($"{name} cannot be made into a configuration.");
    }

    /// <summary>Leaves out what the new configuration does not allow, with the reason.</summary>
    private static void Correct(ImportedFile file, IReadOnlyList<ImportedLine> lines, int head, ConfigurationException mistakes)
    {
        var dropped = false;
        foreach (var mistake in mistakes.Errors.Where(mistake => mistake.Line > head && mistake.Line - head <= lines.Count))
        {
            dropped |= file.Drop(lines[mistake.Line - head - 1], LegacyValues.Comment($"{mistake.Key}: {mistake.Message}"));
        }

        if (!dropped)
        {
            throw new PermanentFailureException($"The old file cannot be made into a configuration: {mistakes.Errors[0].Message}");
        }
    }

    private static IReadOnlyList<string> Head(string name, ImportedFile file, PythonAssignments old) =>
        [
            $"# Made from {LegacyValues.Comment(name)} by `haven config import`. docs/configuration.md lists every setting.",
            "#",
            .. Section("Please check:", file.Warnings),
            .. Section("Taken:", [.. file.Taken]),
            .. Section("Not taken:", file.NotTaken),
            .. old.Code.Count > 0 ? (string[])[$"# Lines {Ranges(old.Code)} are code, not settings."] : [],
            "",
        ];

    private static IReadOnlyList<string> Section(string title, IReadOnlyList<string> entries) =>
        entries.Count == 0
            ? []
            :
            [
                "# " + title,
                .. entries.Take(MaxListed).Select(entry => "#   " + entry),
                .. entries.Count > MaxListed ? (string[])[$"#   and {entries.Count - MaxListed} more"] : [],
                "#",
            ];

    private static string Ranges(IReadOnlyCollection<int> lines)
    {
        const int Most = 20;
        var ranges = new List<(int From, int To)>();
        foreach (var line in lines)
        {
            // Blank lines and comments in between belong to the code.
            if (ranges.Count > 0 && line <= ranges[^1].To + 3)
            {
                ranges[^1] = (ranges[^1].From, line);
            }
            else
            {
                ranges.Add((line, line));
            }
        }

        var text = new StringBuilder();
        text.AppendJoin(", ", ranges.Take(Most).Select(range => range.From == range.To ? $"{range.From}" : $"{range.From}-{range.To}"));
        return (ranges.Count > Most ? text.Append(" and more") : text).ToString();
    }
}

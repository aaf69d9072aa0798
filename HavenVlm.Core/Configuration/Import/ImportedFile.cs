namespace HavenVlm.Core.Configuration.Import;

/// <summary>A line of the new file.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="From">What of the old file it stands for; empty = nothing.</param>
/// <param name="Line">Where that stands in the old file; 0 = nowhere.</param>
/// <param name="IsLoose">Whether it can be left out alone.</param>
internal sealed record ImportedLine(string Text, string From = "", int Line = 0, bool IsLoose = false);

/// <summary>Lines that belong together, such as an endpoint: they stay or go together.</summary>
internal sealed record ImportedBlock(IReadOnlyList<ImportedLine> Lines);

/// <summary>The new file while it is put together: sections in a fixed order, with what could not be taken.</summary>
internal sealed class ImportedFile
{
    private static readonly string[] Order =
    [
        "stash",
        "  pathMap",
        "vlm",
        "  endpoints",
        "tags",
        "markers",
        "video",
        "images",
        "concurrency",
        "export",
        "stashTags",
    ];

    private readonly Dictionary<string, List<ImportedBlock>> _sections = Order.ToDictionary(
        section => section,
        _ => new List<ImportedBlock>(),
        StringComparer.Ordinal
    );

    /// <summary>What was not taken, and why.</summary>
    public List<string> NotTaken { get; } = [];

    /// <summary>What deserves attention.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>What of the old file is in the new one.</summary>
    public IEnumerable<string> Taken =>
        Order
            .SelectMany(section => _sections[section])
            .SelectMany(block => block.Lines)
            .Where(line => line.From.Length > 0)
            .Select(line => line.Line > 0 ? $"{line.From} (line {line.Line})" : line.From);

    /// <summary>Adds a block to a section; a part of a section is named with two spaces before it.</summary>
    public void Add(string section, params IReadOnlyList<ImportedLine> lines) => _sections[section].Add(new ImportedBlock(lines));

    /// <summary>Adds one setting.</summary>
    public void Set(string section, string key, string value, string from, int line) =>
        Add(section, new ImportedLine($"  {key}: {value}", $"{from} -> {section.Trim()}.{key}", line, IsLoose: true));

    /// <summary>The lines of the file below its head.</summary>
    public IReadOnlyList<ImportedLine> Lines()
    {
        var lines = new List<ImportedLine>();
        foreach (var section in Order)
        {
            var isPart = section[0] == ' ';
            var hasPart = !isPart && Array.Exists(Order, part => part[0] == ' ' && IsPartOf(part, section) && _sections[part].Count > 0);
            if (_sections[section].Count > 0 || hasPart)
            {
                // Marks alone are no list.
                var isEmpty = isPart && _sections[section].All(block => block.Lines.All(line => line.Text.TrimStart().StartsWith('#')));
                lines.Add(new ImportedLine(isEmpty ? section + ": [] # take the brackets away when you add one" : section + ":"));
                lines.AddRange(_sections[section].SelectMany(block => block.Lines));
            }
        }

        return lines;
    }

    /// <summary>Leaves out what a line belongs to; false when nothing can be left out there.</summary>
    public bool Drop(ImportedLine line, string reason)
    {
        foreach (var blocks in _sections.Values)
        {
            var index = blocks.FindIndex(block => block.Lines.Contains(line, ReferenceEqualityComparer.Instance));
            if (index < 0)
            {
                continue;
            }

            var from = line.From.Length > 0 ? line : blocks[index].Lines.FirstOrDefault(other => other.From.Length > 0) ?? line;
            NotTaken.Add(from.Line > 0 ? $"line {from.Line}: {from.From}: {reason}" : $"{from.From}: {reason}");
            if (line.IsLoose && blocks[index].Lines.Count > 1)
            {
                blocks[index] = new ImportedBlock([.. blocks[index].Lines.Where(other => !ReferenceEquals(other, line))]);
            }
            else
            {
                blocks.RemoveAt(index);
            }

            return true;
        }

        return false;
    }

    private static bool IsPartOf(string part, string section) => Array.IndexOf(Order, part) == Array.IndexOf(Order, section) + 1;
}

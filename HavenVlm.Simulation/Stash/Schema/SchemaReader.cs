using System.Globalization;
using System.Text.RegularExpressions;

namespace HavenVlm.Simulation.Stash.Schema;

/// <summary>Reads <c>stash.schema</c>, whose head explains the notation, as one version of Stash sees it.</summary>
internal sealed partial class SchemaReader(int version)
{
    private static readonly string[] BuiltInScalars = ["Int", "Float", "String", "Boolean", "ID"];

    public static IEnumerable<SchemaType> ReadEmbedded(StashVersion version)
    {
        using var stream = typeof(SchemaReader).Assembly.GetManifestResourceStream("stash.schema")!;
        using var reader = new StreamReader(stream);
        return new SchemaReader((int)version).Read(reader.ReadToEnd());
    }

    public List<SchemaType> Read(string text)
    {
        var result = BuiltInScalars.Select(name => new SchemaType(name, SchemaKind.Scalar, NoFields, [], [])).ToList();
        var lines = text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0 && line[0] != '#').ToList();
        for (var i = 0; i < lines.Count; )
        {
            var head = lines[i++];
            var body = new List<string>();
            while (i < lines.Count && lines[i][0] == ' ')
            {
                body.Add(lines[i++].Trim());
            }

            if (ReadType(head, body) is { } type)
            {
                result.Add(type);
            }
        }

        return result;
    }

    private static Dictionary<string, SchemaField> NoFields => new(StringComparer.Ordinal);

    private SchemaType? ReadType(string head, List<string> body)
    {
        var sides = head.Split(" : ");
        var words = sides[0].Split(' ', 2);
        if (!TakeRange(words[1], out var name))
        {
            return null;
        }

        var kind = words[0] switch
        {
            "type" => SchemaKind.Object,
            "input" => SchemaKind.InputObject,
            "interface" => SchemaKind.Interface,
            "union" => SchemaKind.Union,
            "enum" => SchemaKind.Enum,
            _ => SchemaKind.Scalar,
        };
        var fields = NoFields;
        var members = new List<string>();
        foreach (var line in body)
        {
            if (!TakeRange(line, out var rest))
            {
                continue;
            }

            if (kind is SchemaKind.Enum or SchemaKind.Union)
            {
                members.AddRange(rest.Split(' '));
                continue;
            }

            foreach (var field in ReadFields(rest))
            {
                if (!fields.TryAdd(field.Name, field))
                {
                    throw new InvalidDataException($"stash.schema: {name}.{field.Name} is described twice for version {version}.");
                }
            }
        }

        return new SchemaType(name, kind, fields, members, sides.Length > 1 ? sides[1].Split(' ') : []);
    }

    private IEnumerable<SchemaField> ReadFields(string line)
    {
        var colon = line.LastIndexOf(": ", StringComparison.Ordinal);
        var type = line[(colon + 2)..];
        foreach (var text in FieldPattern().Matches(line[..colon]).Select(match => match.Value))
        {
            var deprecated = text[0] == '^';
            var open = text.IndexOf('(', StringComparison.Ordinal);
            var name = (open < 0 ? text : text[..open]).TrimStart('^');
            var arguments = open < 0 ? [] : ReadArguments(text[(open + 1)..^1]).ToList();
            yield return type[0] == '?'
                ? new SchemaField(name, null, arguments, deprecated) { Told = type.Length > 1 ? ReadTypeReference(type[1..]) : null }
                : new SchemaField(name, ReadTypeReference(type), arguments, deprecated);
        }
    }

    private IEnumerable<SchemaArgument> ReadArguments(string text)
    {
        foreach (var part in text.Split(", "))
        {
            if (TakeRange(part, out var rest))
            {
                var colon = rest.IndexOf(": ", StringComparison.Ordinal);
                yield return new SchemaArgument(rest[..colon].TrimStart('^'), ReadTypeReference(rest[(colon + 2)..]), rest[0] == '^');
            }
        }
    }

    internal static TypeReference ReadTypeReference(string text)
    {
        var nonNull = text.EndsWith('!');
        var core = nonNull ? text[..^1] : text;
        return core[0] == '[' ? new TypeReference(null, ReadTypeReference(core[1..^1]), nonNull) : new TypeReference(core, null, nonNull);
    }

    /// <summary>Cuts a range such as <c>28+</c> off the front and says whether this version lies in it.</summary>
    private bool TakeRange(string text, out string rest)
    {
        var match = RangePattern().Match(text);
        rest = text[match.Length..];
        var from = Bound(match.Groups["from"], 0);
        var until = Bound(match.Groups["until"], int.MaxValue);
        return version >= from && version < until;
    }

    private static int Bound(Group group, int missing) =>
        group.Success ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : missing;

    [GeneratedRegex(@"^(?:(?<from>\d+)\+ |(?<from>\d+)?<(?<until>\d+) )?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RangePattern();

    [GeneratedRegex(@"\^?\w+(\([^)]*\))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FieldPattern();
}

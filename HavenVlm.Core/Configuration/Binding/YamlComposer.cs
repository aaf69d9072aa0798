using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace HavenVlm.Core.Configuration.Binding;

/// <summary>
/// Reads YAML, and so JSON, into nodes that know their line. Own composition instead of YamlDotNet's documents because those
/// stop at the first duplicate key and here every mistake is collected.
/// </summary>
internal sealed class YamlComposer
{
    /// <summary>More nodes than any configuration has: what aliases of aliases would grow into.</summary>
    private const int MaxNodes = 200_000;

    private const int MaxDepth = 64;

    private readonly string _source;
    private readonly bool _hasLines;
    private readonly Dictionary<AnchorName, ConfigNode> _anchors = [];
    private readonly IParser _parser;
    private int _nodes;

    private YamlComposer(string text, string source, bool hasLines)
    {
        _source = source;
        _hasLines = hasLines;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Reads one document.</summary>
    public static ComposedYaml Compose(string text, string source, bool hasLines)
    {
        var composer = new YamlComposer(text, source, hasLines);
        try
        {
            return composer.Document();
        }
        catch (ConfigurationFault fault)
        {
            return new ComposedYaml(Node: null, fault.Error);
        }
        catch (YamlException e)
        {
            var message = e.Message.TrimEnd('.');
            return new ComposedYaml(
                Node: null,
                composer.Error(e.Start, $"not valid YAML: {char.ToLowerInvariant(message[0])}{message[1..]}")
            );
        }
        catch (InvalidOperationException)
        {
            // The scanner gives up so on a plain value where a bracket had to be closed first.
            var line = composer._parser.Current?.Start ?? Mark.Empty;
            return new ComposedYaml(
                Node: null,
                composer.Error(line, "not valid YAML: a list or map that begins here with [ or { is not closed")
            );
        }
    }

    private ComposedYaml Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            return new ComposedYaml(Node: null, Error: null);
        }

        _parser.Consume<DocumentStart>();
        var root = Node(0);
        _parser.Consume<DocumentEnd>();
        return new ComposedYaml(
            root,
            _parser.Accept<DocumentStart>(out var second)
                ? Error(second.Start, "a second document begins here, expected one (remove the line ---)")
                : null
        );
    }

    private ConfigNode Node(int depth)
    {
        var start = _parser.Current is null && !_parser.MoveNext() ? Mark.Empty : _parser.Current!.Start;
        if (++_nodes > MaxNodes || depth > MaxDepth)
        {
            throw new ConfigurationFault(Error(start, "too many or too deeply nested values for a configuration"));
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.TryGetValue(alias.Value, out var anchored)
                ? Copy(anchored, alias.Start)
                : throw new ConfigurationFault(Error(alias.Start, $"*{alias.Value} names no anchor above it"));
        }

        var anchor = (_parser.Current as NodeEvent)?.Anchor ?? AnchorName.Empty;
        ConfigNode node =
            _parser.TryConsume<Scalar>(out var scalar) ? new ScalarNode(scalar.Value, scalar.Style == ScalarStyle.Plain, At(scalar.Start))
            : _parser.TryConsume<SequenceStart>(out var sequence) ? List(At(sequence.Start), depth)
            : Map(At(_parser.Consume<MappingStart>().Start), depth);
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = node;
        }

        return node;
    }

    private ListNode List(ConfigMark mark, int depth)
    {
        var list = new ListNode(mark);
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            list.Items.Add(Node(depth + 1));
        }

        return list;
    }

    private MapNode Map(ConfigMark mark, int depth)
    {
        var map = new MapNode(mark);
        List<ConfigNode> merged = [];
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key))
            {
                throw new ConfigurationFault(Error(_parser.Current!.Start, "a key is a list or map, expected text"));
            }

            var value = Node(depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                merged.Add(value);
            }
            else
            {
                map.Entries.Add(new MapEntry(key.Value, At(key.Start), value));
            }
        }

        // What is merged in gives way to what the map says itself, and earlier to later ones.
        foreach (var entry in merged.SelectMany(Merged).Where(entry => map.Find(entry.Key) is null).ToList())
        {
            if (map.Find(entry.Key) is null)
            {
                map.Entries.Add(entry);
            }
        }

        return map;
    }

    private IEnumerable<MapEntry> Merged(ConfigNode node) =>
        node switch
        {
            MapNode map => map.Entries,
            ListNode list => list.Items.SelectMany(Merged),
            _ => throw new ConfigurationFault(Error(node.Mark, "<< is followed by a value, expected a map or a list of maps")),
        };

    // Copied, so that an override of one place does not change the other.
    private ConfigNode Copy(ConfigNode node, Mark at)
    {
        if (++_nodes > MaxNodes)
        {
            throw new ConfigurationFault(Error(at, "aliases that grow into too many values"));
        }

        switch (node)
        {
            case MapNode map:
                var newMap = new MapNode(map.Mark);
                newMap.Entries.AddRange(map.Entries.Select(entry => entry with { Value = Copy(entry.Value, at) }));
                return newMap;
            case ListNode list:
                var newList = new ListNode(list.Mark);
                newList.Items.AddRange(list.Items.Select(item => Copy(item, at)));
                return newList;
            default:
                return node;
        }
    }

    private ConfigMark At(Mark mark) => new(_source, _hasLines ? (int)mark.Line : 0);

    private ConfigurationError Error(Mark mark, string message) => Error(At(mark), message);

    private static ConfigurationError Error(ConfigMark mark, string message) => new(mark.Source, mark.Line, "", message);
}

/// <summary>What was read of a YAML document.</summary>
/// <param name="Node">Its root; null = it is empty, or nothing can be made of it.</param>
/// <param name="Error">What is wrong; null = nothing.</param>
internal sealed record ComposedYaml(ConfigNode? Node, ConfigurationError? Error);

/// <summary>Reading cannot go on after this mistake.</summary>
internal sealed class ConfigurationFault(ConfigurationError error) : Exception(error.ToString())
{
    public ConfigurationError Error { get; } = error;
}

using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace HavenVlm.Core.Configuration.Editing;

/// <summary>Finds where everything stands in a YAML text that is known to be a good configuration.</summary>
internal sealed class YamlPlaces
{
    private readonly IParser _parser;

    private YamlPlaces(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>The document; null when the text holds none.</summary>
    public static YamlPlace? Of(string text)
    {
        var places = new YamlPlaces(text);
        places._parser.Consume<StreamStart>();
        if (places._parser.TryConsume<StreamEnd>(out _))
        {
            return null;
        }

        places._parser.Consume<DocumentStart>();
        return places.Node();
    }

    private YamlPlace Node()
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return new YamlAliasPlace(At(alias.Start), At(alias.End));
        }

        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            return Of(scalar);
        }

        return _parser.TryConsume<SequenceStart>(out var list) ? List(list) : Map(_parser.Consume<MappingStart>());
    }

    private YamlListPlace List(SequenceStart start)
    {
        YamlPlace? last = null;
        while (!_parser.Accept<SequenceEnd>(out _))
        {
            last = Node();
        }

        var end = _parser.Consume<SequenceEnd>();
        return start.Style == SequenceStyle.Flow
            ? new YamlListPlace(At(start.Start), At(end.Start) + 1, Last: null)
            : new YamlListPlace(At(start.Start), At(end.Start), last);
    }

    private YamlMapPlace Map(MappingStart start)
    {
        var entries = new List<YamlEntryPlace>();
        while (!_parser.Accept<MappingEnd>(out _))
        {
            var key = Of(_parser.Consume<Scalar>());
            entries.Add(new YamlEntryPlace(key, Node()));
        }

        var end = _parser.Consume<MappingEnd>();
        var isFlow = start.Style == MappingStyle.Flow;
        return new YamlMapPlace(At(start.Start), At(end.Start) + (isFlow ? 1 : 0), isFlow, entries);
    }

    private static YamlScalarPlace Of(Scalar scalar) => new(At(scalar.Start), At(scalar.End), scalar.Value, scalar.Style);

    private static int At(Mark mark) => (int)mark.Index;
}

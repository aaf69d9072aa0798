namespace HavenVlm.Core.Configuration.Binding;

/// <summary>
/// Lays environment variables over what the file says, in the .NET way: <c>HavenVlm__Vlm__Endpoints__0__ApiKey</c>.
/// Case does not matter, an index beyond the end appends, and a variable that names a whole group holds YAML or JSON.
/// </summary>
internal sealed class EnvironmentOverlay(MapNode root, BindingReport report)
{
    private const string Prefix = "HavenVlm__";

    private readonly Dictionary<(ListNode List, int Index), MapNode> _appended = [];

    public void Apply(IReadOnlyDictionary<string, string> environment)
    {
        var overrides = environment
            .Select(variable => (Name: variable.Key, Path: Segments(variable.Key), variable.Value))
            .Where(variable => variable.Path.Length > 0)
            .OrderBy(variable => variable.Path, SegmentOrder.Instance)
            .ThenBy(variable => variable.Name, StringComparer.Ordinal);
        Dictionary<string, string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, path, value) in overrides)
        {
            var mark = new ConfigMark(name, 0);
            if (seen.TryAdd(string.Join("__", path), name))
            {
                Group(SettingTree.Root, root, path, new Override(mark, value), "");
            }
            else
            {
                report.Add(mark, "", $"the same setting as {seen[string.Join("__", path)]} (remove one)");
            }
        }
    }

    // A colon instead of the underscores is what .NET itself uses; Windows allows it in names.
    private static string[] Segments(string name)
    {
        var underscored = name.StartsWith("HavenVlm:", StringComparison.OrdinalIgnoreCase)
            ? name.Replace(":", "__", StringComparison.Ordinal)
            : name;
        return underscored.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? underscored[Prefix.Length..].Split("__") : [];
    }

    private void Group(GroupShape shape, MapNode map, ReadOnlySpan<string> path, Override given, string at)
    {
        var setting = shape.Find(path[0], StringComparison.OrdinalIgnoreCase);
        if (setting is null)
        {
            report.Add(given.Mark, KeyPath.Child(at, path[0]), "unknown key, " + UnknownKey.Advice(SettingTree.Root, shape, path[0]));
            return;
        }

        var key = KeyPath.Child(at, setting.Key);
        var rest = path[1..];
        if (rest.IsEmpty)
        {
            Whole(setting, map, given, key);
            return;
        }

        switch (setting.Shape)
        {
            case GroupShape group when MapAt(map, setting.Key, given) is { } child:
                Group(group, child, rest, given, key);
                break;
            case ValuesShape when ListAt(map, setting.Key, given) is { } child:
                Value(child, rest, given, key);
                break;
            case ListShape list when ListAt(map, setting.Key, given) is { } child:
                Item(list.Item, child, rest, given, key);
                break;
            case NamedShape named when MapAt(map, setting.Key, given) is { } child:
                Named(named.Item, child, rest, given, key);
                break;
            case FreeShape when MapAt(map, setting.Key, given) is { } child:
                Free(child, rest, given);
                break;
            case ValueShape:
                report.Add(given.Mark, key, $"is a single value and has no {string.Join("__", rest!)} (remove that from the name)");
                break;
            default:
                // What the file has there is of the wrong kind; that is reported with its line.
                break;
        }
    }

    private void Whole(Setting setting, MapNode map, Override given, string key)
    {
        var value = setting.Shape is ValueShape ? new ScalarNode(given.Value, isPlain: false, given.Mark) : Compose(given, key);
        if (value is not null)
        {
            map.Set(new MapEntry(setting.Key, given.Mark, value));
        }
    }

    private void Item(GroupShape shape, ListNode list, ReadOnlySpan<string> path, Override given, string at)
    {
        if (!int.TryParse(path[0], System.Globalization.NumberStyles.None, null, out var index))
        {
            report.Add(given.Mark, at, $"\"{path[0]}\" is not the number of an item; expected 0 for the first, 1 for the second...");
            return;
        }

        if (!_appended.TryGetValue((list, index), out var item))
        {
            if (index < list.Items.Count)
            {
                item = list.Items[index] as MapNode;
            }
            else
            {
                item = new MapNode(given.Mark);
                list.Items.Add(item);
                _appended.Add((list, index), item);
            }
        }

        Entry(shape, item, path[1..], given, KeyPath.Item(at, index));
    }

    private void Value(ListNode list, ReadOnlySpan<string> path, Override given, string at)
    {
        if (path.Length > 1 || !int.TryParse(path[0], System.Globalization.NumberStyles.None, null, out var index))
        {
            report.Add(
                given.Mark,
                at,
                $"\"{string.Join("__", path!)}\" is not the number of a value; expected 0 for the first, 1 for the second..."
            );
            return;
        }

        var value = new ScalarNode(given.Value, isPlain: false, given.Mark);
        if (index < list.Items.Count)
        {
            list.Items[index] = value;
        }
        else
        {
            list.Items.Add(value);
        }
    }

    private void Named(GroupShape shape, MapNode map, ReadOnlySpan<string> path, Override given, string at)
    {
        var key = map.Find(path[0], StringComparison.OrdinalIgnoreCase)?.Key ?? path[0];
        Entry(shape, MapAt(map, key, given), path[1..], given, KeyPath.Child(at, key));
    }

    private void Entry(GroupShape shape, MapNode? map, ReadOnlySpan<string> path, Override given, string at)
    {
        if (map is null)
        {
            return;
        }

        if (!path.IsEmpty)
        {
            Group(shape, map, path, given, at);
            return;
        }

        var value = Compose(given, at);
        map.Entries.Clear();
        map.Entries.AddRange((value as MapNode)?.Entries ?? []);
        if (value is not (null or MapNode))
        {
            report.Add(given.Mark, at, $"a single value or a list was found, expected a map with {UnknownKey.Keys(shape)}");
        }
    }

    private ConfigNode? Compose(Override given, string key)
    {
        var (node, error) = YamlComposer.Compose(given.Value, given.Mark.Source, hasLines: false);
        if (error is not null)
        {
            report.Errors.Add(error with { Key = key });
        }

        return node;
    }

    private static void Free(MapNode map, ReadOnlySpan<string> path, Override given)
    {
        while (path.Length > 1)
        {
            if (MapAt(map, path[0], given) is not { } child)
            {
                child = new MapNode(given.Mark);
                map.Set(new MapEntry(path[0], given.Mark, child));
            }

            map = child;
            path = path[1..];
        }

        map.Set(new MapEntry(path[0], given.Mark, new ScalarNode(given.Value, isPlain: true, given.Mark)));
    }

    // Null when something else than a map stands there.
    private static MapNode? MapAt(MapNode map, string key, Override given)
    {
        if (map.Find(key)?.Value is null or ScalarNode { IsNull: true })
        {
            map.Set(new MapEntry(key, given.Mark, new MapNode(given.Mark)));
        }

        return map.Find(key)!.Value as MapNode;
    }

    private static ListNode? ListAt(MapNode map, string key, Override given)
    {
        if (map.Find(key)?.Value is null or ScalarNode { IsNull: true })
        {
            map.Set(new MapEntry(key, given.Mark, new ListNode(given.Mark)));
        }

        return map.Find(key)!.Value as ListNode;
    }

    private readonly record struct Override(ConfigMark Mark, string Value);

    /// <summary>A group before its parts, items in the order of their numbers, and numbers before names.</summary>
    internal sealed class SegmentOrder : IComparer<string[]>
    {
        public static SegmentOrder Instance { get; } = new();

        public int Compare(string[]? x, string[]? y)
        {
            foreach (var (a, b) in x!.Zip(y!))
            {
                // A number that were compared with names as text would make an order that goes in circles: 9 < 10 < 1a < 9.
                var order = (Number(a), Number(b)) switch
                {
                    ({ } i, { } j) when i != j => i.CompareTo(j),
                    ({ }, null) => -1,
                    (null, { }) => 1,
                    _ => string.Compare(a, b, StringComparison.OrdinalIgnoreCase),
                };
                if (order != 0)
                {
                    return order;
                }
            }

            return x!.Length.CompareTo(y!.Length);
        }

        private static int? Number(string segment) =>
            int.TryParse(segment, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
    }
}

using System.Collections;
using System.Text.RegularExpressions;
using HavenVlm.Core.Configuration.Formats;

namespace HavenVlm.Core.Configuration.Binding;

/// <summary>
/// Makes options of what was written. Own binding instead of Microsoft.Extensions.Configuration because that splits names at
/// a colon, knows no lines and stops at the first mistake.
/// </summary>
internal sealed partial class OptionsBinder(BindingReport report)
{
    private readonly JsonBinder _json = new(report);

    private GroupShape _root = SettingTree.Root;

    /// <summary>The options; what was wrong is reported and keeps its default.</summary>
    public HavenOptions Bind(MapNode root) => (HavenOptions)Group(SettingTree.Root, root, "");

    /// <summary>The same for a group that stands for itself, outside of the configuration.</summary>
    public T Bind<T>(MapNode root)
        where T : class
    {
        _root = SettingTree.Group(typeof(T));
        return (T)Group(_root, root, "");
    }

    private object Group(GroupShape shape, MapNode map, string path)
    {
        var group = Activator.CreateInstance(shape.Type)!;
        Dictionary<string, ConfigMark> seen = new(StringComparer.Ordinal);
        foreach (var entry in map.Entries)
        {
            var at = KeyPath.Child(path, entry.Key);
            if (!seen.TryAdd(entry.Key, entry.Mark))
            {
                report.Add(entry.Mark, at, $"given twice, first in line {seen[entry.Key].Line} (remove one)");
                continue;
            }

            if (shape.Find(entry.Key) is not { } setting)
            {
                report.Add(entry.Mark, at, "unknown key, " + UnknownKey.Advice(_root, shape, entry.Key));
                continue;
            }

            if (entry.Value is ScalarNode { IsNull: true })
            {
                continue;
            }

            report.Written(at, entry.Value is ScalarNode ? entry.Value.Mark : entry.Mark);
            if (TryBind(setting, entry.Value, at, out var value))
            {
                setting.Property.SetValue(group, value);
            }
        }

        var missing = shape.Settings.Where(setting =>
            setting.IsMandatory && map.Find(setting.Key)?.Value is null or ScalarNode { IsNull: true }
        );
        foreach (var setting in missing)
        {
            report.Add(map.Mark, KeyPath.Child(path, setting.Key), $"missing; expected {((ValueShape)setting.Shape).Format.Allowed}");
        }

        return group;
    }

    private bool TryBind(Setting setting, ConfigNode node, string path, out object? value)
    {
        value = null;
        switch (setting.Shape, node)
        {
            case (ValueShape shape, ScalarNode scalar):
                return TryValue(setting, shape, scalar, path, out value);
            case (GroupShape shape, MapNode map):
                value = Group(shape, map, path);
                return true;
            case (ValuesShape shape, ListNode list):
                value = Values(shape.Item, list, path);
                return true;
            case (ListShape shape, ListNode list):
                value = Items(shape.Item, list, path);
                return true;
            case (NamedShape shape, MapNode map):
                value = Named(shape.Item, map, path);
                return true;
            case (FreeShape, MapNode map):
                value = _json.Object(map, path);
                return true;
            default:
                report.Add(node.Mark, path, $"{Kind(node)} was found, {Wanted(setting, node)}");
                return false;
        }
    }

    private bool TryValue(Setting setting, ValueShape shape, ScalarNode scalar, string path, out object? value)
    {
        value = null;
        if (setting.IsOptional && scalar.Text.Length == 0)
        {
            return true;
        }

        var reading = shape.Format.Read(scalar.Text);
        if (reading.Problem is { } problem)
        {
            var found = setting.IsSecret ? "the value" : Quote(scalar.Text);
            var allowed = $"expected {shape.Format.Allowed}" + (setting.IsOptional ? ", or nothing" : "");
            report.Add(scalar.Mark, path, $"{found} {problem}; {allowed}");
            return false;
        }

        value = reading.Value;
        return true;
    }

    private List<string> Values(ValueFormat format, ListNode list, string path)
    {
        var values = new List<string>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            var at = KeyPath.Item(path, i);
            report.Written(at, list.Items[i].Mark);
            if (list.Items[i] is not ScalarNode { IsNull: false } scalar)
            {
                report.Add(list.Items[i].Mark, at, $"{Kind(list.Items[i])} was found, expected {format.Allowed}");
            }
            else if (format.Read(scalar.Text) is { Problem: { } problem })
            {
                report.Add(scalar.Mark, at, $"{Quote(scalar.Text)} {problem}; expected {format.Allowed}");
            }
            else
            {
                values.Add((string)format.Read(scalar.Text).Value!);
            }
        }

        return values;
    }

    private IList Items(GroupShape shape, ListNode list, string path)
    {
        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(shape.Type))!;
        for (var i = 0; i < list.Items.Count; i++)
        {
            var at = KeyPath.Item(path, i);
            report.Written(at, list.Items[i].Mark);
            if (list.Items[i] is MapNode map)
            {
                items.Add(Group(shape, map, at));
            }
            else
            {
                report.Add(list.Items[i].Mark, at, $"{Kind(list.Items[i])} was found, expected a map with {UnknownKey.Keys(shape)}");
            }
        }

        return items;
    }

    private IDictionary Named(GroupShape shape, MapNode map, string path)
    {
        var type = typeof(Dictionary<,>).MakeGenericType(typeof(string), shape.Type);
        var named = (IDictionary)Activator.CreateInstance(type, StringComparer.OrdinalIgnoreCase)!;
        foreach (var entry in map.Entries)
        {
            var at = KeyPath.Child(path, entry.Key);
            if (named.Contains(entry.Key))
            {
                report.Add(entry.Mark, at, "given twice (upper and lower case count as the same; remove one)");
                continue;
            }

            report.Written(at, entry.Mark);
            if (entry.Value is not (MapNode or ScalarNode { IsNull: true }))
            {
                report.Add(entry.Value.Mark, at, $"{Kind(entry.Value)} was found, expected a map with {UnknownKey.Keys(shape)}, or {{}}");
            }

            // Even then the name is known, so that what refers to it is not called wrong as well.
            named[entry.Key] = Group(shape, entry.Value as MapNode ?? new MapNode(entry.Mark), at);
        }

        return named;
    }

    private static string Wanted(Setting setting, ConfigNode found) =>
        (setting.Shape, found) switch
        {
            (ValueShape shape, _) => $"expected {shape.Format.Allowed}",
            (ValuesShape, _) => "expected a list such as [one, two]",
            (ListShape, _) => "expected a list (begin each item with - )",
            (NamedShape, ListNode) => "expected a map of names (write each as Name: {} instead of - Name)",
            (NamedShape, _) => "expected a map of names (write each as Name: {})",
            (GroupShape group, _) => $"expected a map with {UnknownKey.Keys(group)}",
            _ => "expected a map",
        };

    private static string Kind(ConfigNode node) =>
        node switch
        {
            MapNode => "a map",
            ListNode => "a list",
            ScalarNode { IsNull: true } => "nothing",
            _ => "a single value",
        };

    private static string Quote(string text)
    {
        // A password in an address is a secret too.
        var shown = UserInfo().Replace(text, "://***@");
        return shown.Length > 60 ? $"\"{shown[..57]}...\"" : $"\"{shown}\"";
    }

    [GeneratedRegex("://.*@", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UserInfo();
}

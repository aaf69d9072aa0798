using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration.Binding;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace HavenVlm.Core.Configuration;

/// <summary>Writes settings as YAML that reads back the same (but for redacted secrets).</summary>
/// <param name="marks">Where settings were given: written as comments.</param>
/// <param name="redact">Whether secrets are replaced by <c>***</c>.</param>
internal sealed class OptionsWriter(IReadOnlyDictionary<string, ConfigMark> marks, bool redact)
{
    private const string Redacted = "***";

    // In extraBody nothing says what is a secret but its name.
    private static readonly string[] SecretEndings = ["key", "token", "secret", "password", "authorization"];

    public string Write(HavenOptions options)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings().WithMaxSimpleKeyLength(1024).WithBestWidth(int.MaxValue));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart());
        Group(emitter, SettingTree.Root, options, "");
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private void Group(IEmitter emitter, GroupShape shape, object group, string path)
    {
        emitter.Emit(new MappingStart());
        foreach (var setting in shape.Settings)
        {
            var at = KeyPath.Child(path, setting.Key);
            Key(emitter, setting.Key);
            Setting(emitter, setting, setting.Property.GetValue(group), at);
        }

        emitter.Emit(new MappingEnd());
    }

    private void Setting(IEmitter emitter, Setting setting, object? value, string path)
    {
        switch (setting.Shape)
        {
            case GroupShape group:
                Group(emitter, group, value!, path);
                break;
            case ValuesShape values:
                Values(emitter, values, (IReadOnlyList<string>)value!, path);
                break;
            case ListShape list:
                List(emitter, list.Item, (IEnumerable)value!, path);
                break;
            case NamedShape named:
                Named(emitter, named.Item, (IEnumerable)value!, path);
                break;
            case FreeShape:
                Json(emitter, (JsonObject)value!, "");
                break;
            case ValueShape shape:
                var written = value is null ? "" : shape.Format.Write(value);
                var isHidden = redact && setting.IsSecret && written.Length > 0;
                Value(emitter, isHidden ? Redacted : written, value is null || shape.Format.IsText);
                Comment(emitter, path);
                break;
        }
    }

    private void Values(IEmitter emitter, ValuesShape shape, IReadOnlyList<string> values, string path)
    {
        Sequence(emitter, values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            Value(emitter, shape.Item.Write(values[i]), shape.Item.IsText);
            Comment(emitter, KeyPath.Item(path, i));
        }

        emitter.Emit(new SequenceEnd());
    }

    private void List(IEmitter emitter, GroupShape item, IEnumerable items, string path)
    {
        var list = items.Cast<object>().ToList();
        Sequence(emitter, list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            Group(emitter, item, list[i], KeyPath.Item(path, i));
        }

        emitter.Emit(new SequenceEnd());
    }

    private void Named(IEmitter emitter, GroupShape item, IEnumerable entries, string path)
    {
        emitter.Emit(new MappingStart());
        foreach (var entry in entries)
        {
            var type = entry.GetType();
            var name = (string)type.GetProperty("Key")!.GetValue(entry)!;
            Key(emitter, name);
            Group(emitter, item, type.GetProperty("Value")!.GetValue(entry)!, KeyPath.Child(path, name));
        }

        emitter.Emit(new MappingEnd());
    }

    private void Json(IEmitter emitter, JsonNode? node, string key)
    {
        switch (node)
        {
            case JsonObject map:
                emitter.Emit(new MappingStart());
                foreach (var (name, value) in map)
                {
                    Key(emitter, name);
                    Json(emitter, value, name);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                Sequence(emitter, list.Count);
                foreach (var item in list)
                {
                    Json(emitter, item, key);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                var isHidden = redact && SecretEndings.Any(ending => key.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
                Value(emitter, isHidden ? Redacted : text.GetValue<string>(), isText: true);
                break;
            default:
                Value(emitter, node?.ToJsonString() ?? "null", isText: false);
                break;
        }
    }

    private static void Sequence(IEmitter emitter, int count) =>
        emitter.Emit(
            new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, count == 0 ? SequenceStyle.Flow : SequenceStyle.Block)
        );

    private static void Key(IEmitter emitter, string key) => Value(emitter, key, key.Length == 0 || !key.All(char.IsAsciiLetterOrDigit));

    private static void Value(IEmitter emitter, string text, bool isText) =>
        emitter.Emit(
            new Scalar(AnchorName.Empty, TagName.Empty, text, isText ? ScalarStyle.DoubleQuoted : ScalarStyle.Plain, !isText, isText)
        );

    private void Comment(IEmitter emitter, string path)
    {
        if (marks.TryGetValue(path, out var mark))
        {
            emitter.Emit(new Comment(mark.ToString(), isInline: true));
        }
    }
}

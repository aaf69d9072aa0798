using System.Reflection;
using System.Text;
using HavenVlm.Core.Configuration.Binding;

namespace HavenVlm.Core.Configuration.Reference;

/// <summary>The reference of all settings for people: <c>docs/configuration.md</c>.</summary>
internal static class ConfigurationManual
{
    private const string Introduction = """
        # Configuration

        <!-- Generated from the options records; the test ConfigurationReferenceTests says how to write it again. -->

        Settings stand in `haven.yaml` in the current folder, or in the file that `--config FILE` or the environment variable `HAVEN_CONFIG` names.
        JSON is YAML, so a JSON file will do. [haven.sample.yaml](../haven.sample.yaml) holds every setting with its default, and
        [haven.schema.json](../haven.schema.json) gives editors completion and checks. What is left out has its default.

        - `haven config check` reads everything and names every mistake with its file, line and key, and how to fix it.
        - `haven config show` prints the settings in force and where each was given; secrets are printed as `***`.
        - `haven serve` reads a changed file again by itself. A file with a mistake changes nothing, and the log says what is wrong with it.

        **Environment variables** override the file, as is usual in .NET: `vlm.endpoints[0].apiKey` is `HavenVlm__Vlm__Endpoints__0__ApiKey`.
        Upper and lower case do not matter, a number beyond the end of a list appends to it, and a variable that names a whole group holds it as YAML or JSON
        (`HavenVlm__Vlm__ExtraBody={"keep_alive":"10m"}`).

        **Durations** are a number with `ms`, `s`, `m`, `h` or `d`: `500ms`, `2s`, `1.5h`, `30d`. **Shares** are `10%` or `0.1`.
        **Folders** that are not absolute are meant from the folder of the configuration file.

        """;

    public static string Generate(XmlDescriptions descriptions)
    {
        var text = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        var single = SettingTree.Root.Settings.Where(setting => setting.Shape is ValueShape);
        var groups = SettingTree.Root.Settings.Where(setting => setting.Shape is not ValueShape);
        foreach (var setting in groups)
        {
            Section(text, SettingTree.Root, setting, setting.Key, descriptions, new HavenOptions());
        }

        text.Append("\n## Others\n\n");
        Table(text, SettingTree.Root, single, "", descriptions, new HavenOptions());
        return text.ToString();
    }

    private static void Section(
        StringBuilder text,
        GroupShape owner,
        Setting setting,
        string path,
        XmlDescriptions descriptions,
        object defaults
    )
    {
        var (group, prefix, values) = setting.Shape switch
        {
            GroupShape shape => (shape, path, setting.Property.GetValue(defaults)),
            ListShape shape => (shape.Item, path + "[]", Activator.CreateInstance(shape.Item.Type)),
            NamedShape shape => (shape.Item, path + ".<name>", Activator.CreateInstance(shape.Item.Type)),
            _ => (null, "", null),
        };
        if (group is null)
        {
            return;
        }

        text.Append($"\n## {path}\n\n{descriptions.OfProperty(setting.Property)}\n\n");
        Table(
            text,
            group,
            group.Settings.Where(inner => inner.Shape is ValueShape or ValuesShape or FreeShape),
            prefix,
            descriptions,
            values!
        );
        foreach (var inner in group.Settings)
        {
            Section(text, group, inner, $"{path}.{inner.Key}", descriptions, values!);
        }
    }

    private static void Table(
        StringBuilder text,
        GroupShape group,
        IEnumerable<Setting> settings,
        string prefix,
        XmlDescriptions descriptions,
        object defaults
    )
    {
        text.Append("| key | default | what |\n|---|---|---|\n");
        foreach (var setting in settings)
        {
            var key = prefix.Length > 0 ? $"{prefix}.{setting.Key}" : setting.Key;
            var what = descriptions.OfProperty(setting.Property) + Allowed(setting, descriptions);
            text.Append($"| `{key}` | {Default(setting, defaults)} | {what.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }
    }

    private static string Default(Setting setting, object defaults)
    {
        if (setting.IsMandatory)
        {
            return "must be given";
        }

        var value = setting.Property.GetValue(defaults);
        var written = setting.Shape is ValueShape shape && value is not null ? shape.Format.Write(value) : "";
        return written.Length > 0 ? $"`{written}`"
            : setting.Shape is FreeShape ? "`{}`"
            : setting.Shape is ValuesShape ? "`[]`"
            : "nothing";
    }

    private static string Allowed(Setting setting, XmlDescriptions descriptions)
    {
        var type = setting.Property.PropertyType;
        if (type.IsEnum)
        {
            var fields = type.GetFields(BindingFlags.Public | BindingFlags.Static);
            return string.Concat(fields.Select(field => $"<br>`{KeyPath.Camel(field.Name)}`: {descriptions.OfValue(type, field.Name)}"));
        }

        return setting.Shape is not ValueShape shape || shape.Format == Formats.TextFormat.Any
            ? ""
            : $"<br>{Sentence(shape.Format.Allowed)}{(setting.IsOptional ? ", or nothing" : "")}.";
    }

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using HavenVlm.Core.Configuration.Formats;

namespace HavenVlm.Core.Configuration.Binding;

/// <summary>What may stand at a place of the configuration.</summary>
internal abstract record SettingShape;

/// <summary>One value.</summary>
internal sealed record ValueShape(ValueFormat Format) : SettingShape;

/// <summary>A group of known settings.</summary>
internal sealed record GroupShape(Type Type, IReadOnlyList<Setting> Settings) : SettingShape
{
    public Setting? Find(string key, StringComparison comparison = StringComparison.Ordinal) =>
        Settings.FirstOrDefault(setting => setting.Key.Equals(key, comparison));
}

/// <summary>A list of values.</summary>
internal sealed record ValuesShape(ValueFormat Item) : SettingShape;

/// <summary>A list of groups.</summary>
internal sealed record ListShape(GroupShape Item) : SettingShape;

/// <summary>Groups by names that the user chooses.</summary>
internal sealed record NamedShape(GroupShape Item) : SettingShape;

/// <summary>Anything, passed on as JSON.</summary>
internal sealed record FreeShape : SettingShape;

/// <summary>One setting of a group.</summary>
internal sealed record Setting(string Key, PropertyInfo Property, SettingShape Shape)
{
    public bool IsSecret { get; } = Property.IsDefined(typeof(SecretAttribute));

    public bool IsMandatory { get; } = Property.IsDefined(typeof(MandatoryAttribute));

    /// <summary>Whether an empty text means that there is no value.</summary>
    public bool IsOptional { get; } = Nullable.GetUnderlyingType(Property.PropertyType) is not null;
}

/// <summary>Every setting there is, read off the options records, so that there is one list of them only.</summary>
internal static class SettingTree
{
    public static GroupShape Root { get; } = Group(typeof(HavenOptions));

    /// <summary>The settings of a group; the records of all groups lie in this assembly.</summary>
    public static GroupShape Group(Type type) =>
        new(
            type,
            [
                .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Where(property => property.CanWrite)
                    .OrderBy(property => property.GetCustomAttribute<JsonPropertyOrderAttribute>()?.Order ?? 0)
                    .Select(property => new Setting(KeyPath.Camel(property.Name), property, Shape(property))),
            ]
        );

    private static SettingShape Shape(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(JsonObject))
        {
            return new FreeShape();
        }

        if (type == typeof(IReadOnlyList<string>))
        {
            return new ValuesShape(Format(property, typeof(string)));
        }

        if (type.IsGenericType)
        {
            var item = Group(type.GenericTypeArguments[^1]);
            return type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? new ListShape(item) : new NamedShape(item);
        }

        return type.IsClass && type.Assembly == typeof(HavenOptions).Assembly ? Group(type) : new ValueShape(Format(property, type));
    }

    private static ValueFormat Format(PropertyInfo property, Type type)
    {
        if (type.IsEnum)
        {
            return ChoiceFormat.OfEnum(type);
        }

        var between = property.GetCustomAttribute<BetweenAttribute>();
        return type switch
        {
            _ when type == typeof(string) => property.GetCustomAttribute<TextAttribute>() is { } text
                ? TextFormats.Of(text.Kind)
                : TextFormat.Any,
            _ when type == typeof(bool) => new BooleanFormat(),
            _ when type == typeof(MarkerDuration) => new MarkerDurationFormat(),
            _ when type == typeof(TimeSpan) && property.GetCustomAttribute<DurationRangeAttribute>() is { } lasting => new DurationFormat(
                lasting.Minimum,
                lasting.Maximum
            ),
            _ when type == typeof(double) && property.IsDefined(typeof(PercentAttribute)) => new PercentFormat(),
            _ when type == typeof(double) && between is not null => new NumberFormat(
                between.Minimum,
                between.Maximum,
                between.AboveMinimum
            ),
            _ when type == typeof(int) && between is not null => new IntegerFormat((int)between.Minimum, (int)between.Maximum),
            _ => throw new InvalidOperationException($"{property.DeclaringType}.{property.Name} says neither its format nor its range."),
        };
    }
}

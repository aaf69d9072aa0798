namespace HavenVlm.Core.Configuration;

/// <summary>How the place of a setting is written, such as <c>vlm.endpoints[0].weight</c> or <c>tags["a.b"].maxGap</c>.</summary>
internal static class KeyPath
{
    /// <summary>The key inside a group.</summary>
    public static string Child(string path, string key)
    {
        var isPlain = key.Length > 0 && key.All(c => char.IsLetterOrDigit(c) || c is '_' or '-');
        return !isPlain ? $"{path}[\"{key}\"]"
            : path.Length == 0 ? key
            : $"{path}.{key}";
    }

    /// <summary>The item of a list.</summary>
    public static string Item(string path, int index) => $"{path}[{index}]";

    /// <summary>A property's or enumeration's name as it is written in YAML.</summary>
    public static string Camel(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}

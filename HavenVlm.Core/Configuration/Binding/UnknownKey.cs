namespace HavenVlm.Core.Configuration.Binding;

/// <summary>What somebody who wrote an unknown key probably meant.</summary>
internal static class UnknownKey
{
    public static string Advice(GroupShape root, GroupShape shape, string key)
    {
        if (NearestName.Of(key, shape.Settings.Select(setting => setting.Key)) is { } nearest)
        {
            return $"did you mean {nearest}?";
        }

        return Places(root, "", key).FirstOrDefault() is { } place ? $"did you mean {place}?" : $"expected {Keys(shape)}";
    }

    public static string Keys(GroupShape shape) => string.Join(", ", shape.Settings.Select(setting => setting.Key));

    private static IEnumerable<string> Places(GroupShape shape, string path, string key) =>
        shape.Settings.SelectMany(setting =>
        {
            var at = KeyPath.Child(path, setting.Key);
            var here = setting.Key.Equals(key, StringComparison.OrdinalIgnoreCase) ? [at] : Enumerable.Empty<string>();
            return setting.Shape switch
            {
                GroupShape group => here.Concat(Places(group, at, key)),
                ListShape list => here.Concat(Places(list.Item, at + "[]", key)),
                NamedShape named => here.Concat(Places(named.Item, at + ".<name>", key)),
                _ => here,
            };
        });
}

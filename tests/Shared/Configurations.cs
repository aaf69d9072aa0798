using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Tests.Shared;

/// <summary>Shorthand for reading configurations in tests.</summary>
internal static class Configurations
{
    public static readonly string Folder = Path.Combine(Path.GetTempPath(), "haven-config");

    public static HavenOptions Options(string yaml, params (string Name, string Value)[] environment) => Load(yaml, environment).Options;

    public static LoadedConfiguration Load(string yaml, params (string Name, string Value)[] environment) =>
        ConfigurationLoader.LoadText(yaml, "haven.yaml", Folder, environment.ToDictionary(e => e.Name, e => e.Value));

    public static IReadOnlyList<string> Errors(string yaml, params (string Name, string Value)[] environment)
    {
        var thrown = Assert.Throws<ConfigurationException>(() => Load(yaml, environment));
        return [.. thrown.Errors.Select(error => error.ToString())];
    }

    /// <summary>Options as text, so that two of them can be compared.</summary>
    public static string Json(HavenOptions options) => System.Text.Json.JsonSerializer.Serialize(options, HavenJson.Options);
}

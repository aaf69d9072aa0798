using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Binding;
using HavenVlm.Core.Configuration.Reference;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Configuration;

/// <summary>
/// Keeps what is written about the settings equal to the options records. To write the files again, run these tests with the
/// environment variable HAVEN_WRITE_REFERENCE=1: dotnet run --project tests/HavenVlm.Core.UnitTests -- -class "*ConfigurationReferenceTests".
/// </summary>
public sealed class ConfigurationReferenceTests
{
    private const string HowToWrite =
        "run HAVEN_WRITE_REFERENCE=1 dotnet run --project tests/HavenVlm.Core.UnitTests -- -class HavenVlm.Core.UnitTests.Configuration.ConfigurationReferenceTests";

    private static readonly XmlDescriptions Descriptions = XmlDescriptions.Load(
        Path.ChangeExtension(typeof(HavenOptions).Assembly.Location, ".xml")
    );

    private static string Sample => File.ReadAllText(Path.Combine(SourceFolder.Root, "haven.sample.yaml"));

    [Fact]
    public void The_schema_equals_the_options() => AssertWritten("haven.schema.json", ConfigurationSchema.Generate(Descriptions));

    [Fact]
    public void The_manual_equals_the_options() => AssertWritten("docs/configuration.md", ConfigurationManual.Generate(Descriptions));

    [Fact]
    public void The_schema_is_shipped() =>
        Assert.Equal(File.ReadAllText(Path.Combine(SourceFolder.Root, "haven.schema.json")), ConfigurationSchema.Read());

    [Fact]
    public void The_sample_has_no_mistake_and_is_complete_enough_to_tag() => Assert.Empty(Configurations.Load(Sample).Missing);

    [Fact]
    public void The_sample_names_every_setting_there_is()
    {
        var marks = Configurations.Load(Sample).Marks.Keys.ToHashSet(StringComparer.Ordinal);

        Assert.All(Paths(SettingTree.Root, ""), path => Assert.Contains(path, marks));
    }

    [Fact]
    public void The_sample_equals_the_defaults_but_for_its_examples()
    {
        var sample = Configurations.Options(Sample);
        var defaults = Configurations.Options("");

        Assert.Equal(
            Configurations.Json(defaults),
            Configurations.Json(
                sample with
                {
                    Stash = sample.Stash with { PathMap = [] },
                    Vlm = sample.Vlm with { Endpoints = [], Model = "" },
                    Tags = defaults.Tags,
                    Categories = defaults.Categories,
                }
            )
        );
    }

    // One example of each list and map stands for all.
    private static IEnumerable<string> Paths(GroupShape shape, string path) =>
        shape.Settings.SelectMany(setting =>
        {
            var at = KeyPath.Child(path, setting.Key);
            return setting.Shape switch
            {
                GroupShape group => Paths(group, at),
                ListShape list => Paths(list.Item, KeyPath.Item(at, 0)),
                NamedShape named => Paths(named.Item, KeyPath.Child(at, at is "tags" ? "Hugging" : "actions")),
                _ => [at],
            };
        });

    private static void AssertWritten(string file, string expected)
    {
        var path = Path.Combine(SourceFolder.Root, file);
        if (Environment.GetEnvironmentVariable("HAVEN_WRITE_REFERENCE") is "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }

        Assert.True(
            File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n").Equals(expected, StringComparison.Ordinal),
            $"{file} differs from the options: {HowToWrite}"
        );
    }
}

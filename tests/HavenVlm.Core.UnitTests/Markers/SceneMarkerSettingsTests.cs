using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.UnitTests.Markers;

/// <summary>What may be said about one scene alone, and what it does.</summary>
public sealed class SceneMarkerSettingsTests
{
    private static readonly string[] Known = ["Kissing", "Hugging", "a.b: c"];

    private static readonly TagMarkerSettings Configured = new()
    {
        Tag = "Kissing",
        Name = "Kiss",
        ExclusiveCategory = "actions",
        Threshold = 0.3,
        MaxGap = TimeSpan.FromSeconds(6),
        MinMarkerDuration = TimeSpan.FromSeconds(1),
        RequiredDuration = TimeSpan.FromSeconds(2),
    };

    [Fact]
    public void Scene_settings_take_precedence_over_defaults_and_configuration()
    {
        var scene = Read("""{"threshold":0.5,"maxGap":"10%","tags":{"kissing":{"threshold":0.8,"requiredDuration":0}}}""");

        var applied = scene.Apply(Configured, TimeSpan.FromSeconds(60));

        Assert.Equal(Configured with { Threshold = 0.8, MaxGap = TimeSpan.FromSeconds(6), RequiredDuration = TimeSpan.Zero }, applied);
        Assert.Equal(0.5, scene.ThresholdOf("Hugging", 0.3));
        Assert.Equal(0.8, scene.ThresholdOf("Kissing", 0.3));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"tags":{}}""")]
    [InlineData("""{"threshold":null,"maxGap":"","tags":{"Kissing":{},"Hugging":null}}""")]
    public void Nothing_said_changes_nothing(string json)
    {
        var scene = Read(json);

        Assert.True(scene.IsEmpty);
        Assert.Empty(scene.Tags);
        Assert.Equal(Configured, scene.Apply(Configured, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Numbers_are_seconds_as_in_the_timeline_and_what_is_kept_reads_back_the_same()
    {
        var scene = Read("""{"maxGap":2.5,"minMarkerDuration":0,"tags":{"a.b: c":{"maxGap":"500ms","requiredDuration":12}}}""");

        var kept = JsonSerializer.SerializeToElement(scene, HavenJson.Options);
        var again = kept.Deserialize<SceneMarkerSettings>(HavenJson.Options)!;

        Assert.Equal(
            """{"maxGap":"2500ms","minMarkerDuration":"0s","tags":{"a.b: c":{"maxGap":"500ms","requiredDuration":"12s"}}}""",
            kept.GetRawText()
        );
        var tag = Configured with { Tag = "a.b: c" };
        Assert.Equal(scene.Apply(tag, TimeSpan.FromSeconds(60)), again.Apply(tag, TimeSpan.FromSeconds(60)));
        Assert.Equal(TimeSpan.FromSeconds(12), again.Apply(tag, TimeSpan.FromSeconds(60)).RequiredDuration);
    }

    [Theory]
    [InlineData("[]", "an object is needed")]
    [InlineData("\"Kissing\"", "an object is needed")]
    [InlineData("""{"treshold":0.5}""", "treshold: unknown key, did you mean threshold?")]
    [InlineData("""{"vr":"sbs"}""", "vr: unknown key, expected threshold, maxGap")]
    [InlineData("""{"threshold":1.5}""", "threshold: \"1.5\"")]
    [InlineData("""{"threshold":"high"}""", "threshold: \"high\"")]
    [InlineData("""{"maxGap":-3}""", "maxGap: \"-3s\" is not a duration")]
    [InlineData("""{"maxGap":"3"}""", "maxGap: \"3\" has no unit")]
    [InlineData("""{"maxGap":"200%"}""", "maxGap: \"200%\" is more than the whole")]
    [InlineData("""{"maxGap":{}}""", "maxGap: a map was found")]
    [InlineData("""{"maxGap":"1s","maxGap":"2s"}""", "maxGap: given twice")]
    [InlineData("""{"tags":["Kissing"]}""", "tags: a list was found")]
    [InlineData("""{"tags":{"Kising":{"maxGap":"1s"}}}""", "tags.Kising: the scene is not analyzed for this tag, did you mean Kissing?")]
    [InlineData("""{"tags":{"Kissing":{"rename":"Kiss"}}}""", "tags.Kissing.rename: unknown key")]
    public void Names_each_error_with_its_place_and_the_allowed_values(string json, string expected)
    {
        var error = Assert.Throws<ConfigurationException>(() => Read(json));

        Assert.Contains(error.Errors, e => $"{e.Key}: {e.Message}".Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        var error = Assert.Throws<ConfigurationException>(() => Read("""{"threshold":7,"gap":1,"tags":{"Kissing":{"maxGap":"x"}}}"""));

        Assert.Equal(3, error.Errors.Count);
    }

    private static SceneMarkerSettings Read(string json) => SceneSettingsReader.Read(JsonSerializer.Deserialize<JsonElement>(json), Known);
}

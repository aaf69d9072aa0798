using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Editing;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.UnitTests.Markers;

/// <summary>The rules that configuration, scene settings, artifacts and tuning share, and the formats that must not change with them.</summary>
public sealed class MarkerRulesTests
{
    private static readonly MarkerRules All = new()
    {
        Threshold = 0.3,
        MaxGap = MarkerDuration.OfTime(TimeSpan.FromSeconds(6)),
        MinMarkerDuration = MarkerDuration.OfShare(0.05),
        RequiredDuration = MarkerDuration.OfTime(TimeSpan.FromSeconds(2)),
        Smoothing = SmoothingMode.Auto,
        SmoothingStrength = 1.2,
    };

    [Fact]
    public void Over_replaces_what_is_set_and_keeps_the_rest()
    {
        var tag = new TagOptions
        {
            Rename = "Kiss",
            Threshold = 0.5,
            MaxGap = MarkerDuration.OfTime(TimeSpan.FromSeconds(1)),
        };

        var applied = new MarkerRules { Threshold = 0.8 }.Over(tag);

        Assert.Equal(tag with { Threshold = 0.8 }, applied);
        Assert.Equal(All, new MarkerRules().Over(All));
    }

    [Fact]
    public void Every_rule_is_carried_by_everything_that_handles_rules()
    {
        var rules = typeof(MarkerRules).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).ToList();
        var resolved = All.Resolve(TimeSpan.FromSeconds(100));
        var other = new ResolvedRules
        {
            Threshold = 1,
            MaxGap = TimeSpan.FromHours(1),
            MinMarkerDuration = TimeSpan.FromHours(1),
            RequiredDuration = TimeSpan.FromHours(1),
            Smoothing = SmoothingMode.Off,
            SmoothingStrength = 1,
        };

        Assert.All(rules, rule => Assert.NotNull(typeof(MarkerRules).GetProperty(rule)!.GetValue(All)));
        Assert.Equal(rules.Order(), typeof(ResolvedRules).GetProperties().Select(property => property.Name).Order());
        Assert.Equal(rules.Count, All.Written().Count());
        Assert.Equal(resolved, All.Over(other.ToRules()).Resolve(TimeSpan.FromSeconds(100)));
        Assert.Equal(resolved.ToRules(), resolved.ChangesFrom(other));
        Assert.True(resolved.ChangesFrom(resolved).HasNoRule);
        Assert.All(
            rules,
            rule => Assert.NotNull(typeof(MarkerRules).GetProperty(rule)!.GetValue(new MarkerOptions().ToRules(threshold: 0.3)))
        );
    }

    [Fact]
    public void Shares_are_of_the_video_and_a_rule_that_nobody_says_is_an_error()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), All.Resolve(TimeSpan.FromSeconds(100)).MinMarkerDuration);
        _ = Assert.Throws<InvalidOperationException>(() => (All with { MaxGap = null }).Resolve(TimeSpan.FromSeconds(100)));
    }

    [Fact]
    public void Settings_from_before_there_was_smoothing_are_read_as_without_it()
    {
        var read = JsonSerializer.Deserialize<TagMarkerSettings>(
            """{"tag":"kiss","name":"Kissing","threshold":0.3,"maxGap":6,"minMarkerDuration":1.5,"requiredDuration":0}""",
            HavenJson.Options
        )!;

        Assert.Equal((SmoothingMode.Off, 1.0), (read.Smoothing, read.SmoothingStrength));
    }

    [Theory]
    [InlineData(
        typeof(TagMarkerSettings),
        """{"tag":"kiss","name":"Kissing","exclusiveCategory":"actions","threshold":0.3,"maxGap":6,"minMarkerDuration":1.5,"requiredDuration":0,"smoothing":"off","smoothingStrength":1}"""
    )]
    [InlineData(
        typeof(SceneMarkerSettings),
        """{"threshold":0.5,"maxGap":"6s","minMarkerDuration":"5%","requiredDuration":"0s","tags":{"Kissing":{"threshold":0.4,"maxGap":"500ms","minMarkerDuration":"1s","requiredDuration":"2s"}}}"""
    )]
    [InlineData(
        typeof(TagSettingsChange),
        """{"tag":"Kissing","description":"lips","threshold":0.65,"maxGap":"6s","minMarkerDuration":"2500ms","requiredDuration":"1s"}"""
    )]
    public void Artifacts_of_earlier_versions_are_read_and_written_the_same(Type type, string json)
    {
        var read = JsonSerializer.Deserialize(json, type, HavenJson.Options);

        Assert.Equal(json, JsonSerializer.Serialize(read, type, HavenJson.Options));
    }
}

using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.UnitTests.Markers;

public sealed class MarkerSettingsTests
{
    [Fact]
    public void What_a_tag_does_not_say_comes_from_the_defaults()
    {
        var settings = Assert.Single(Resolve(new HavenOptions { Tags = Tags(("Kissing", new TagOptions())) }));
        Assert.Equal("Kissing", settings.Tag);
        Assert.Equal("Kissing", settings.Name);
        Assert.Equal(0.3, settings.Threshold);
        Assert.Equal(TimeSpan.FromSeconds(6), settings.MaxGap);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.MinMarkerDuration);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.RequiredDuration);
        Assert.Null(settings.ExclusiveCategory);
    }

    [Fact]
    public void A_tags_own_settings_count_more_and_shares_are_of_the_video()
    {
        var tag = new TagOptions
        {
            Rename = "Hug",
            Threshold = 0.5,
            MaxGap = MarkerDuration.OfTime(TimeSpan.FromSeconds(30)),
            MinMarkerDuration = MarkerDuration.OfShare(0.05),
            RequiredDuration = MarkerDuration.OfTime(TimeSpan.Zero),
        };
        var settings = Assert.Single(Resolve(new HavenOptions { Tags = Tags(("Hugging", tag)) }));
        Assert.Equal("Hugging", settings.Tag);
        Assert.Equal("Hug", settings.Name);
        Assert.Equal(0.5, settings.Threshold);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.MaxGap);
        Assert.Equal(TimeSpan.FromSeconds(5), settings.MinMarkerDuration);
        Assert.Equal(TimeSpan.Zero, settings.RequiredDuration);
    }

    [Fact]
    public void Only_categories_that_say_so_are_exclusive()
    {
        var options = new HavenOptions
        {
            Tags = Tags(
                ("Kissing", new TagOptions { Category = "actions" }),
                ("Waving", new TagOptions { Category = "gestures" }),
                ("Dancing", new TagOptions { Category = "nowhere" })
            ),
            Categories = new Dictionary<string, CategoryOptions>(StringComparer.OrdinalIgnoreCase)
            {
                ["Actions"] = new() { Exclusive = true },
                ["gestures"] = new(),
            },
        };
        Assert.Equal(["actions", null, null], Resolve(options).Select(s => s.ExclusiveCategory));
    }

    private static IReadOnlyList<TagMarkerSettings> Resolve(HavenOptions options) =>
        MarkerSettings.Resolve(options, TimeSpan.FromSeconds(100));

    private static Dictionary<string, TagOptions> Tags(params (string Name, TagOptions Tag)[] tags) =>
        tags.ToDictionary(tag => tag.Name, tag => tag.Tag, StringComparer.OrdinalIgnoreCase);
}

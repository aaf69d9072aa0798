using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Editing;
using HavenVlm.Core.Workflows.Tuning;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Workflows.Tuning;

public sealed class TuningYamlTests
{
    private static readonly HavenOptions Options = Configurations.Options(
        """
        categories: { actions: {} }
        tags:
          Kissing: { description: "lips: two # pairs", rename: Snog, category: actions, threshold: 0.5, maxGap: 5% }
          "5%": {}
        """
    );

    [Fact]
    public void Each_tag_is_whole_so_that_it_can_be_pasted_over_what_is_there()
    {
        TagSettingsChange[] changes =
        [
            new() { Tag = "Kissing", Threshold = 0.65 },
            new() { Tag = "5%", MinMarkerDuration = MarkerDuration.OfTime(TimeSpan.FromMilliseconds(2500)) },
        ];

        var yaml = TuningYaml.Write(Options, changes);

        var pasted = Configurations.Options("categories: { actions: {} }\n" + yaml).Tags;
        Assert.Equal(changes[0].Apply(Options.Tags["Kissing"]), pasted["Kissing"]);
        Assert.Equal(changes[1].Apply(Options.Tags["5%"]), pasted["5%"]);
        Assert.Equal("5%", pasted["Kissing"].MaxGap.ToString());
    }

    [Fact]
    public void A_tag_of_Stash_brings_its_description_along_so_that_it_is_not_another_question()
    {
        var options = Options with
        {
            Tags = new Dictionary<string, TagOptions>(Options.Tags, StringComparer.OrdinalIgnoreCase)
            {
                ["Waving"] = new() { Description = "a hand" },
            },
        };

        var yaml = TuningYaml.Write(
            options,
            [
                new TagSettingsChange
                {
                    Tag = "Waving",
                    Description = "a hand",
                    Threshold = 0.4,
                },
            ]
        );

        Assert.Equal("tags:\n  Waving:\n    description: \"a hand\"\n    threshold: 0.4\n", yaml);
    }

    [Fact]
    public void Every_setting_that_a_tag_can_have_is_written_so_that_pasting_drops_none()
    {
        var tag = new TagOptions
        {
            Description = "a description",
            Rename = "Another",
            Category = "actions",
            Threshold = 0.4,
            MinMarkerDuration = MarkerDuration.OfTime(TimeSpan.FromSeconds(2)),
            MaxGap = MarkerDuration.OfTime(TimeSpan.FromSeconds(3)),
            RequiredDuration = MarkerDuration.OfTime(TimeSpan.FromSeconds(4)),
            Smoothing = SmoothingMode.Auto,
            SmoothingStrength = 1.5,
            Aliases = ["Smooch: # 1", "5%"],
        };
        var nothing = new TagOptions();
        Assert.All(typeof(TagOptions).GetProperties(), each => Assert.NotEqual(each.GetValue(nothing), each.GetValue(tag)));
        var options = Options with { Tags = new Dictionary<string, TagOptions>(StringComparer.OrdinalIgnoreCase) { ["Waving"] = tag } };

        var yaml = TuningYaml.Write(options, [new TagSettingsChange { Tag = "Waving", Threshold = 0.6 }]);

        var pasted = Configurations.Options("categories: { actions: {} }\n" + yaml).Tags;
        Assert.Equal(tag.Aliases, pasted["Waving"].Aliases);
        Assert.Equal(tag with { Threshold = 0.6 }, pasted["Waving"] with { Aliases = tag.Aliases });
    }

    [Fact]
    public void Nothing_changes_nothing() => Assert.Empty(TuningYaml.Write(Options, []));
}

using HavenVlm.Core.Configuration.Editing;

namespace HavenVlm.Core.UnitTests.Configuration.Editing;

public sealed class YamlEditorTests
{
    [Theory]
    // A value in the place of another, in the same quotes.
    [InlineData("tags:\n  Kissing:\n    threshold: 0.3 # mine\n", "tags:\n  Kissing:\n    threshold: 0.45 # mine\n    maxGap: 12s\n")]
    [InlineData(
        "tags:\n  Kissing: { threshold: 0.3, maxGap: \"6s\" } # c\n",
        "tags:\n  Kissing: { threshold: 0.45, maxGap: \"12s\" } # c\n"
    )]
    [InlineData("tags: { Kissing: { maxGap: '6s', threshold: .3 } }\n", "tags: { Kissing: { maxGap: '12s', threshold: 0.45 } }\n")]
    // New keys in a map that is there.
    [InlineData("tags:\n  Kissing: {}\n", "tags:\n  Kissing: { threshold: 0.45, maxGap: 12s }\n")]
    [InlineData(
        "tags:\n  Kissing: { description: lips } # c\n",
        "tags:\n  Kissing: { description: lips, threshold: 0.45, maxGap: 12s } # c\n"
    )]
    [InlineData(
        "tags:\n  Kissing: {\n    description: lips, # c\n  }\n",
        "tags:\n  Kissing: {\n    description: lips, threshold: 0.45, maxGap: 12s, # c\n  }\n"
    )]
    [InlineData(
        "tags:\n  Kissing:\n    description: lips # c\n\n  # next\n  Hugging: {}\n",
        "tags:\n  Kissing:\n    description: lips # c\n    threshold: 0.45\n    maxGap: 12s\n\n  # next\n  Hugging: {}\n"
    )]
    [InlineData(
        "tags:\n  Kissing:\n    description: |\n      lips\n\n      touch\n  Hugging: {}\n",
        "tags:\n  Kissing:\n    threshold: 0.45\n    maxGap: 12s\n    description: |\n      lips\n\n      touch\n  Hugging: {}\n"
    )]
    // Where nothing was written.
    [InlineData("tags:\n  Kissing:\n  Hugging:\n", "tags:\n  Kissing: { threshold: 0.45, maxGap: 12s }\n  Hugging:\n")]
    [InlineData("tags:\n  Kissing: # c\n", "tags:\n  Kissing: { threshold: 0.45, maxGap: 12s } # c\n")]
    [InlineData("tags:\n  Kissing: ~\n", "tags:\n  Kissing: { threshold: 0.45, maxGap: 12s }\n")]
    [InlineData("tags: { Kissing: , Hugging }", "tags: { Kissing:  { threshold: 0.45, maxGap: 12s }, Hugging }")]
    [InlineData("tags:\n  Kissing:\n    threshold:\n    maxGap: # c\n", "tags:\n  Kissing:\n    threshold: 0.45\n    maxGap: 12s # c\n")]
    // A tag that is not listed.
    [InlineData("tags:\n  Hugging: {}\nvideo: {}\n", "tags:\n  Hugging: {}\n  Kissing: { threshold: 0.45, maxGap: 12s }\nvideo: {}\n")]
    [InlineData("tags: { Hugging: {} }\n", "tags: { Hugging: {}, Kissing: { threshold: 0.45, maxGap: 12s } }\n")]
    [InlineData("tags: # none yet\nvideo: {}\n", "tags: # none yet\n  Kissing: { threshold: 0.45, maxGap: 12s }\nvideo: {}\n")]
    [InlineData("tags: {}\n", "tags: { Kissing: { threshold: 0.45, maxGap: 12s } }\n")]
    [InlineData("video: {}", "video: {}\ntags:\n  Kissing: { threshold: 0.45, maxGap: 12s }")]
    [InlineData("", "tags:\n  Kissing: { threshold: 0.45, maxGap: 12s }\n")]
    [InlineData("# only words\n", "# only words\ntags:\n  Kissing: { threshold: 0.45, maxGap: 12s }\n")]
    // Names of tags ignore case, lines end as they end.
    [InlineData(
        "tags:\r\n  KISSING:\r\n    category: x\r\n",
        "tags:\r\n  KISSING:\r\n    category: x\r\n    threshold: 0.45\r\n    maxGap: 12s\r\n"
    )]
    [InlineData(
        "tags:\n  \"Kissing\":\n      category: ä😀\n",
        "tags:\n  \"Kissing\":\n      category: ä😀\n      threshold: 0.45\n      maxGap: 12s\n"
    )]
    // JSON stays JSON.
    [InlineData("{\"tags\": {\"Kissing\": {\"threshold\": 0.3}}}", "{\"tags\": {\"Kissing\": {\"threshold\": 0.45, \"maxGap\": \"12s\"}}}")]
    [InlineData("{\"tags\": {}}", "{\"tags\": { \"Kissing\": { \"threshold\": 0.45, \"maxGap\": \"12s\" } }}")]
    public void Only_what_was_meant_changes(string before, string after) => Assert.Equal(after, YamlEditor.Set(before, Wanted()));

    [Theory]
    [InlineData("usual: &u { threshold: 0.3 }\ntags:\n  Kissing: *u\n", "tags.Kissing is written by reference (*u)")]
    [InlineData("tags: [Kissing]\n", "tags is written in a way that cannot be changed in place")]
    [InlineData("- tags\n", "the file is no map of settings")]
    public void Refuses_what_cannot_be_changed_in_place(string text, string reason) =>
        Assert.Equal(reason, Assert.Throws<YamlEditException>(() => YamlEditor.Set(text, Wanted())).Message);

    private static WantedValues Wanted()
    {
        var wanted = new WantedValues();
        wanted.Below("tags").Below("Kissing").Set("threshold", "0.45").Set("maxGap", "12s");
        return wanted;
    }
}

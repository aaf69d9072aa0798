using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Filters;

namespace HavenVlm.Core.UnitTests.Stash.Filters;

public sealed class SavedFilterTranslationTests
{
    private static readonly Dictionary<string, string> Inputs = new()
    {
        ["tags"] = "HierarchicalMultiCriterionInput",
        ["groups"] = "HierarchicalMultiCriterionInput",
        ["performers"] = "MultiCriterionInput",
        ["galleries"] = "MultiCriterionInput",
        ["rating100"] = "IntCriterionInput",
        ["duration"] = "IntCriterionInput",
        ["organized"] = "Boolean",
        ["has_markers"] = "String",
        ["is_missing"] = "String",
        ["title"] = "StringCriterionInput",
        ["captions"] = "StringCriterionInput",
        ["resolution"] = "ResolutionCriterionInput",
        ["orientation"] = "OrientationCriterionInput",
        ["duplicated"] = "PHashDuplicationCriterionInput",
        ["phash_distance"] = "PhashDistanceCriterionInput",
        ["stash_id_endpoint"] = "StashIDCriterionInput",
        ["date"] = "DateCriterionInput",
        ["created_at"] = "TimestampCriterionInput",
    };

    [Theory]
    [InlineData(
        "tags",
        """{"modifier":"INCLUDES_ALL","value":{"items":[{"id":"5","label":"A"}],"excluded":[{"id":7,"label":"B"}],"depth":-1}}""",
        """{"modifier":"INCLUDES_ALL","value":["5"],"excludes":["7"],"depth":-1}"""
    )]
    [InlineData(
        "tags",
        """{"modifier":"EQUALS","value":{"items":[{"id":"5"}],"excluded":[],"depth":2}}""",
        """{"modifier":"EQUALS","value":["5"],"depth":0}"""
    )]
    [InlineData("tags", """{"modifier":"IS_NULL"}""", """{"modifier":"IS_NULL","value":[],"depth":0}""")]
    [InlineData("performers", """{"modifier":"INCLUDES","value":[{"id":3,"label":"x"}]}""", """{"modifier":"INCLUDES","value":["3"]}""")]
    [InlineData("rating100", """{"modifier":"GREATER_THAN","value":{"value":60}}""", """{"modifier":"GREATER_THAN","value":60}""")]
    [InlineData("rating100", """{"modifier":"EQUALS","value":60}""", """{"modifier":"EQUALS","value":60}""")]
    [InlineData("rating100", """{"modifier":"IS_NULL"}""", """{"modifier":"IS_NULL","value":0}""")]
    [InlineData(
        "duration",
        """{"modifier":"BETWEEN","value":{"value":60,"value2":90}}""",
        """{"modifier":"BETWEEN","value":60,"value2":90}"""
    )]
    [InlineData("organized", """{"modifier":"EQUALS","value":"true"}""", "true")]
    [InlineData("organized", """{"modifier":"EQUALS","value":"false"}""", "false")]
    [InlineData("has_markers", """{"modifier":"EQUALS","value":"false"}""", "\"false\"")]
    [InlineData("is_missing", """{"modifier":"EQUALS","value":"cover"}""", "\"cover\"")]
    [InlineData("title", """{"modifier":"INCLUDES","value":"a \"b\""}""", """{"modifier":"INCLUDES","value":"a \"b\""}""")]
    [InlineData("title", """{"modifier":"NOT_NULL"}""", """{"modifier":"NOT_NULL","value":""}""")]
    [InlineData("captions", """{"modifier":"INCLUDES","value":"English"}""", """{"modifier":"INCLUDES","value":"en"}""")]
    [InlineData("resolution", """{"modifier":"GREATER_THAN","value":"720p"}""", """{"modifier":"GREATER_THAN","value":"STANDARD_HD"}""")]
    [InlineData("orientation", """{"value":["Landscape","Square"]}""", """{"value":["LANDSCAPE","SQUARE"]}""")]
    [InlineData("duplicated", """{"modifier":"EQUALS","value":"true"}""", """{"duplicated":true}""")]
    [InlineData(
        "phash_distance",
        """{"modifier":"EQUALS","value":{"value":"abc","distance":4}}""",
        """{"modifier":"EQUALS","value":"abc","distance":4}"""
    )]
    [InlineData(
        "stash_id_endpoint",
        """{"modifier":"NOT_NULL","value":{"endpoint":"https://box","stashID":""}}""",
        """{"modifier":"NOT_NULL","stash_id":"","endpoint":"https://box"}"""
    )]
    [InlineData("date", """{"modifier":"EQUALS","value":{"value":"2024-01-02"}}""", """{"modifier":"EQUALS","value":"2024-01-02"}""")]
    [InlineData(
        "created_at",
        """{"modifier":"GREATER_THAN","value":{"value":"2024-01-02 03:04"}}""",
        """{"modifier":"GREATER_THAN","value":"2024-01-02T03:04"}"""
    )]
    public void A_criterion_of_the_pages_becomes_one_of_the_API(string name, string saved, string expected) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(Translate(name, saved)[name]!.ToJsonString())));

    [Fact]
    public void Movies_are_groups_where_the_server_knows_groups()
    {
        var filter = Translate("movies", """{"modifier":"INCLUDES","value":[{"id":"3"}]}""");

        Assert.True(filter.ContainsKey("groups"));
    }

    [Theory]
    [InlineData("shoe_size", """{"modifier":"EQUALS","value":3}""")]
    [InlineData("tags", """{"modifier":"INCLUDES","value":{"items":[{"label":"no id"}]}}""")]
    [InlineData("resolution", """{"modifier":"EQUALS","value":"17p"}""")]
    public void Reports_what_cannot_be_requested_and_never_drops_it(string name, string saved)
    {
        var e = Assert.Throws<StashException>(() => Translate(name, saved));

        Assert.Equal(StashErrorKind.NeedsUser, e.Kind);
        Assert.Contains($"'{name}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_of_older_servers_are_read_from_the_text_of_their_pages_address()
    {
        const string Saved =
            """{"perPage":40,"q":"beach","c":["{\"type\":\"sceneIsMissing\",\"modifier\":\"EQUALS\",\"value\":\"cover\"}"]}""";
        var (search, criteria) = LegacySavedFilter.Read("mine", Saved);

        Assert.Equal("beach", search);
        Assert.Equal("\"cover\"", SavedFilterTranslation.Translate("mine", criteria, Inputs)["is_missing"]!.ToJsonString());
    }

    private static JsonObject Translate(string name, string saved) =>
        SavedFilterTranslation.Translate(
            "mine",
            new Dictionary<string, JsonElement> { [name] = JsonDocument.Parse(saved).RootElement.Clone() },
            Inputs
        );
}

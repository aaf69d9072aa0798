using System.Text.Json.Nodes;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Prompting;

namespace HavenVlm.Core.UnitTests.Vlm.Prompting;

public sealed class PromptTests
{
    private static readonly VlmQuestion Question = new()
    {
        Model = "m",
        Tags = [new VlmTag("Kissing", ""), new VlmTag("Hugging", "arms around\n  another person")],
    };

    [Fact]
    public void The_built_in_prompt_lists_the_tags_with_their_descriptions_on_one_line_each()
    {
        var prompt = Prompt.Build(Question, 1);

        Assert.Contains("\n- Kissing\n- Hugging: arms around another person\n", prompt, StringComparison.Ordinal);
        Assert.Contains("\"confidence\"", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("at most one", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void The_prompt_is_the_same_every_time() => Assert.Equal(Prompt.Build(Question, 4), Prompt.Build(Question with { }, 4));

    [Theory]
    [InlineData(ConfidenceKind.Logprobs)]
    [InlineData(ConfidenceKind.Fixed)]
    public void Confidence_is_asked_for_only_when_it_is_taken_from_the_reply(ConfidenceKind source)
    {
        var question = Question with { Confidence = source };

        Assert.DoesNotContain("confidence", Prompt.Build(question, 1), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("confidence", ReplySchema.Build(question, 1).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_tag_is_asked_for_when_one_is_wanted() =>
        Assert.Contains("at most one tag", Prompt.Build(Question with { Selection = TagSelection.Single }, 1), StringComparison.Ordinal);

    [Fact]
    public void Fills_in_a_custom_template_and_adds_the_reply_format()
    {
        var prompt = Prompt.Build(Question with { Prompt = "Look at {frameCount} stills. Tags:\n{tags}" }, 3);

        Assert.StartsWith("Look at 3 stills. Tags:\n- Kissing\n- Hugging", prompt, StringComparison.Ordinal);
        Assert.Contains("\"pictures\"", prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Describe it, then | and the tags: {tags}")]
    [InlineData("Answer in JSON with the {tags}")]
    public void An_own_template_that_describes_its_form_is_left_as_it_is(string template) =>
        Assert.Equal(
            template.Replace("{tags}", "- Kissing\n- Hugging: arms around another person", StringComparison.Ordinal),
            Prompt.Build(Question with { Prompt = template }, 1)
        );

    [Fact]
    public void An_own_template_without_a_place_for_the_tags_gets_them_at_the_end() =>
        Assert.Contains("\n- Kissing\n", Prompt.Build(Question with { Prompt = "What is this?" }, 1), StringComparison.Ordinal);

    [Fact]
    public void Braces_in_tags_are_no_places() =>
        Assert.Contains(
            "- {frameCount}",
            Prompt.Build(Question with { Tags = [new VlmTag("{frameCount}", "{tags}")] }, 1),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_schema_is_strict_and_its_tags_are_an_enum(int pictures)
    {
        var schema = ReplySchema.Build(Question, pictures);

        AssertStrict(schema);
        Assert.Contains("""{"type":"string","enum":["Kissing","Hugging"]}""", schema.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(pictures > 1, schema["properties"]!.AsObject().ContainsKey("pictures"));
    }

    [Fact]
    public void The_hash_depends_on_template_selection_and_picture_and_not_on_tags_model_or_confidence()
    {
        var hash = QuestionHash.Of(Question, "768");

        Assert.Matches("^[0-9a-f]{32}$", hash);
        Assert.Equal(hash, QuestionHash.Of(Question with { Tags = [], Model = "x", Confidence = ConfidenceKind.Fixed }, "768"));
        Assert.NotEqual(hash, QuestionHash.Of(Question, "1024"));
        Assert.NotEqual(hash, QuestionHash.Of(Question with { Selection = TagSelection.Single }, "768"));
        Assert.NotEqual(hash, QuestionHash.Of(Question with { Prompt = "own" }, "768"));
        Assert.Equal(
            QuestionHash.Of(Question with { Prompt = "own\r\ntemplate\n" }, "768"),
            QuestionHash.Of(Question with { Prompt = "own\ntemplate" }, "768")
        );
    }

    // What OpenAI's strict mode asks for: every property required, nothing else allowed.
    private static void AssertStrict(JsonObject schema)
    {
        if ((string?)schema["type"] is "object")
        {
            var properties = schema["properties"]!.AsObject();
            Assert.Equal(properties.Select(p => p.Key), schema["required"]!.AsArray().Select(name => (string?)name));
            Assert.False((bool?)schema["additionalProperties"]);
            Assert.All(properties, property => AssertStrict(property.Value!.AsObject()));
        }
        else if ((string?)schema["type"] is "array")
        {
            AssertStrict(schema["items"]!.AsObject());
        }
    }
}

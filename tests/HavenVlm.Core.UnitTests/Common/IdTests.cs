using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.UnitTests.Common;

/// <summary>One rule says what an id is, wherever one is given.</summary>
public sealed class IdTests
{
    public static TheoryData<string?> NoIds =>
        [
            (string?)null,
            "",
            " ",
            "0",
            "00",
            "007",
            "-1",
            "+1",
            "1a",
            " 1",
            "1 ",
            "1.0",
            "1e3",
            "\u0661\u0662",
            "../1",
            "1234567890123456789",
        ];

    [Theory]
    [InlineData("1")]
    [InlineData("10")]
    [InlineData("123456789012345678")]
    public void A_positive_number_without_leading_zeros_is_an_id(string text)
    {
        Assert.True(SceneId.TryParse(text, out var scene));
        Assert.True(ImageId.TryParse(text, out var image));

        Assert.Equal((text, text), (scene.Value, image.Value));
    }

    [Theory]
    [MemberData(nameof(NoIds))]
    public void Nothing_else_is_one_in_any_body(string? text)
    {
        Assert.False(SceneId.TryParse(text, out _));
        Assert.False(ImageId.TryParse(text, out _));
        foreach (var read in (Action[])[() => RequestIds.Scenes(["1", text!], "ids"), () => RequestIds.Images([text!, "1"], "ids")])
        {
            var error = Assert.Throws<ApiException>(read);
            Assert.Equal(400, error.Status);
            Assert.Contains(StashId.Rule, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Ids_given_twice_count_once_and_keep_their_order() =>
        Assert.Equal(["3", "1", "2"], RequestIds.Scenes(["3", "1", "3", "2", "1"], "ids").Select(id => id.Value));

    [Theory]
    [InlineData("scene-12", true)]
    [InlineData("scenes-queue-0f8f-1", true)]
    [InlineData("sweep", true)]
    [InlineData("", false)]
    [InlineData("scene/12", false)]
    [InlineData("scene 12", false)]
    [InlineData("scene-12%", false)]
    [InlineData("\u0000", false)]
    public void Instance_ids_are_letters_digits_and_a_few_signs(string text, bool isOne) =>
        Assert.Equal(isOne, InstanceId.TryParse(text, out _));

    [Fact]
    public void In_JSON_an_id_is_a_text_and_what_was_kept_earlier_is_read_as_it_is()
    {
        Assert.True(SceneId.TryParse("12", out var id));

        Assert.Equal("\"12\"", JsonSerializer.Serialize(id, HavenJson.Options));
        Assert.Equal(id, JsonSerializer.Deserialize<SceneId>("\"12\"", HavenJson.Options));
        Assert.Equal("007", JsonSerializer.Deserialize<SceneId>("\"007\"", HavenJson.Options).Value);
        _ = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<SceneId>("12", HavenJson.Options));
    }
}

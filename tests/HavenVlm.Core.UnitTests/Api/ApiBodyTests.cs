using System.Text;
using HavenVlm.Core.Api;

namespace HavenVlm.Core.UnitTests.Api;

public sealed class ApiBodyTests
{
    [Theory]
    [InlineData("""{"sceneids":["1"]}""")]
    [InlineData("""{"SceneIds":["1"],"DryRun":true}""")]
    [InlineData("""{"sceneIds":["1"],"force":false,"filter":null}""")]
    public void Keys_are_read_in_whatever_case(string json)
    {
        Assert.Equal(["1"], Read<TagScenesRequest>(json).SceneIds);
    }

    [Theory]
    [InlineData("""{"sceneId":"1"}""", "\"sceneId\"; did you mean sceneIds?")]
    [InlineData("""{"scene_ids":["1"]}""", "\"scene_ids\"; did you mean sceneIds?")]
    [InlineData("""{"everything":true}""", "\"everything\"; allowed are sceneIds, filter, force, dryRun, reset.")]
    [InlineData("""{"sceneIds":["1"],"sceneIds":["2"]}""", "twice")]
    [InlineData("""{"sceneIds":["1"],"SCENEIDS":["2"]}""", "twice")]
    [InlineData("""{"sceneIds":"1"}""", "$.sceneIds does not have the type")]
    [InlineData("""{"sceneIds":[1]}""", "$.sceneIds[0] does not have the type")]
    [InlineData("""{"dryRun":"yes"}""", "$.dryRun does not have the type")]
    [InlineData("null", "Send a JSON object")]
    [InlineData("[]", "Send a JSON object")]
    [InlineData("12", "Send a JSON object")]
    [InlineData("{ not json", "invalid start of a property name")]
    public void Names_each_error(string json, string expected)
    {
        var e = Assert.Throws<ApiException>(() => Read<TagScenesRequest>(json));

        Assert.Equal(400, e.Status);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("HavenVlm", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"inner":{"treshold":1}}""", "\"inner.treshold\"; did you mean threshold?")]
    [InlineData("""{"list":[{},{"treshold":1}]}""", "\"list[1].treshold\"; did you mean threshold?")]
    [InlineData("""{"map":{"Any name. At all":{"treshold":1}}}""", "\"map.Any name. At all.treshold\"; did you mean threshold?")]
    public void Keys_of_inner_objects_are_checked_as_well(string json, string expected)
    {
        Assert.Contains(expected, Assert.Throws<ApiException>(() => Read<Nested>(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inner_objects_are_read()
    {
        var body = Read<Nested>("""{"inner":{"threshold":0.5},"list":[{"threshold":1}],"map":{"Kissing":{"threshold":2}}}""");

        Assert.Equal((0.5, 1, 2), (body.Inner!.Value.Threshold, body.List![0].Threshold, body.Map!["Kissing"].Threshold));
    }

    [Fact]
    public void What_Stash_sends_may_hold_more_than_is_read()
    {
        var json =
            """{"server_connection":{"Port":9999},"args":{"hookContext":{"id":8,"type":"Scene.Update.Post","inputFields":["tag_ids"]}}}""";

        var body = ApiBody.Parse<HookRequest>(Encoding.UTF8.GetBytes(json), allowsUnknown: true);

        Assert.Equal("Scene.Update.Post", body.Args!.HookContext!.Type);
    }

    private static T Read<T>(string json) => ApiBody.Parse<T>(Encoding.UTF8.GetBytes(json), allowsUnknown: false);

    private sealed record Nested(Inner? Inner, IReadOnlyList<Inner>? List, IReadOnlyDictionary<string, Inner>? Map);

    private readonly record struct Inner(double Threshold);
}

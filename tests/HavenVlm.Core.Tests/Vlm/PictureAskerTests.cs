using HavenVlm.Core.Vlm;

namespace HavenVlm.Core.Tests.Vlm;

public sealed class PictureAskerTests
{
    private static readonly string[] Tags = ["Kissing", "Hugging", "Waving"];

    private static readonly Dictionary<string, double> KissingAndHugging = new(StringComparer.Ordinal)
    {
        ["Kissing"] = 0.9,
        ["Hugging"] = 0.6,
    };

    [Fact]
    public async Task An_answer_by_the_schema_is_read()
    {
        await using var server = await ScriptedModelServer.SayingAsync(_ =>
            """{"tags":[{"tag":"Kissing","confidence":0.9},{"tag":"Hugging","confidence":0.6}]}"""
        );
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [server]);

        var answer = Assert.Single(await fixture.AskAsync(AskingFixture.Question(Tags)));

        Assert.Equal(KissingAndHugging, answer.Tags);
        Assert.Equal(ConfidenceKind.Reported, answer.Kind);
        Assert.Equal(("scripted", "server0", 1.0, false), (answer.Model, answer.Endpoint, answer.Requests, answer.Repaired));
        Assert.Null(answer.Reason);
    }

    [Fact]
    public async Task A_server_that_rejects_response_format_and_one_that_knows_only_plain_text_give_the_same_tags()
    {
        await using var strict = await ScriptedModelServer.StartAsync(
            (request, context) =>
                request.Format is null
                    ? ScriptedModelServer.SayAsync(context, """{"tags":[{"tag":"Kissing","confidence":0.9}]}""")
                    : ScriptedModelServer.FailAsync(context, 400, "Bad Request")
        );
        await using var plain = await ScriptedModelServer.SayingAsync(_ => "Two people near a window | Kissing");
        await using var fixture = new AskingFixture(AskingFixture.Vlm, [strict]);
        await using var plainFixture = new AskingFixture(AskingFixture.Vlm, [plain]);

        var first = Assert.Single(await fixture.AskAsync(AskingFixture.Question(Tags)));
        var second = Assert.Single(await fixture.AskAsync(AskingFixture.Question(Tags)));
        var other = Assert.Single(await plainFixture.AskAsync(AskingFixture.Question(Tags)));

        Assert.Equal(["Kissing"], first.Tags!.Keys);
        Assert.Equal(["Kissing"], second.Tags!.Keys);
        Assert.Equal(["Kissing"], other.Tags!.Keys);
        Assert.Equal(["json_schema", "json_object", null, null], strict.Requests.Select(request => request.Format));
    }
}

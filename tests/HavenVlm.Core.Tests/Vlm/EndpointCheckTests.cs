using HavenVlm.Core.Vlm;

namespace HavenVlm.Core.Tests.Vlm;

public sealed class EndpointCheckTests
{
    [Fact]
    public async Task Every_endpoint_is_asked_for_itself_and_told_apart()
    {
        await using var good = await ScriptedModelServer.SayingAsync(_ => """{"tags":["Kissing"]}""");
        await using var locked = await ScriptedModelServer.StartAsync(
            (_, context) => ScriptedModelServer.FailAsync(context, 401, "who are you?")
        );
        await using var babbling = await ScriptedModelServer.SayingAsync(_ => "A quiet street.");
        await using var fixture = new AskingFixture(
            AskingFixture.Vlm with
            {
                Endpoints =
                [
                    AskingFixture.Endpoint("good", good.BaseUrl) with
                    {
                        IsFallback = true,
                        Hours = "03:00-03:01",
                    },
                    AskingFixture.Endpoint("locked", locked.BaseUrl),
                    AskingFixture.Endpoint("babbling", babbling.BaseUrl),
                ],
            }
        );

        var results = await fixture.Check.AskAllAsync(
            AskingFixture.Question("Kissing"),
            AskingFixture.Pictures(1)[0],
            CancellationToken.None
        );

        Assert.Equal(["good", "locked", "babbling"], results.Select(result => result.Endpoint));
        Assert.Equal([true, false, false], results.Select(result => result.IsGood));
        Assert.Equal(("sees Kissing", "scripted"), (results[0].Message, results[0].Model));
        Assert.Equal(["json_schema", "max_tokens"], results[0].Capabilities);
        Assert.Contains("check apiKey of endpoint locked", results[1].Message, StringComparison.Ordinal);
        Assert.Contains("A quiet street", results[2].Message, StringComparison.Ordinal);
    }
}

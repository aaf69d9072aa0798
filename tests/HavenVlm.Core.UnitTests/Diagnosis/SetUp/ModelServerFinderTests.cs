using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Core.UnitTests.Diagnosis.SetUp;

public sealed class ModelServerFinderTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly ModelServerFinder _finder = new(TimeProvider.System);

    [Fact]
    public async Task Models_that_see_come_first_and_one_of_them_is_proposed()
    {
        await using var vlm = await SimulatedVlm.StartAsync(
            new VlmBehavior { Models = ["nomic-embed-text", "llama-3.1-8b", "qwen2.5-vl-7b-instruct", "gemma-3-12b"] }
        );

        var server = await ListAsync(vlm.BaseUrl, "");

        Assert.Equal(ModelServerAnswer.Lists, server.Answer);
        Assert.Equal(["qwen2.5-vl-7b-instruct", "gemma-3-12b", "llama-3.1-8b", "nomic-embed-text"], server.Models);
        Assert.Equal("qwen2.5-vl-7b-instruct", server.Proposed);
    }

    [Fact]
    public async Task A_server_that_wants_a_key_says_so()
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { ApiKey = "right" });

        Assert.Equal((ModelServerAnswer.KeyRefused, "it requires a key"), Told(await ListAsync(vlm.BaseUrl, "")));
        Assert.Equal((ModelServerAnswer.KeyRefused, "it refuses the key"), Told(await ListAsync(vlm.BaseUrl, "wrong")));
        Assert.Equal((ModelServerAnswer.Lists, ""), Told(await ListAsync(vlm.BaseUrl, "right")));
    }

    [Fact]
    public async Task Distinguishes_another_server_from_none()
    {
        await using var stash = await SimulatedStash.StartAsync();
        await using var vlm = await SimulatedVlm.StartAsync();
        await vlm.SwitchOffAsync();

        Assert.Equal(ModelServerAnswer.SomethingElse, (await ListAsync(stash.Address, "")).Answer);
        Assert.Equal(ModelServerAnswer.Unreachable, (await ListAsync(vlm.BaseUrl, "")).Answer);
        Assert.Equal(ModelServerAnswer.Unreachable, (await ListAsync("http://no-such-host.invalid/v1", "")).Answer);
    }

    [Theory]
    [InlineData("qwen2.5-vl-7b-instruct", true)]
    [InlineData("qwen2.5vl:7b", true)]
    [InlineData("Qwen/Qwen3-VL-8B-Instruct", true)]
    [InlineData("llama3.2-vision", true)]
    [InlineData("google/gemma-3-12b", true)]
    [InlineData("glm-4.6v-flash", true)]
    [InlineData("gpt-4o-mini", true)]
    [InlineData("llava:13b", true)]
    [InlineData("llama-3.1-8b-instruct", false)]
    [InlineData("deepseek-r1", false)]
    [InlineData("mistral-7b", false)]
    [InlineData("gpt-4o-mini-tts", false)]
    [InlineData("nomic-embed-vision-v1.5", false)]
    public void Recognizes_vision_models_by_name(string model, bool sees) => Assert.Equal(sees, VisionNames.IsVisionModel(model));

    private static (ModelServerAnswer, string) Told(ModelServer server) => (server.Answer, server.Message);

    private Task<ModelServer> ListAsync(string url, string key) =>
        _finder.ListAsync(url, key, Timeout, TestContext.Current.CancellationToken);
}

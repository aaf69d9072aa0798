using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.UnitTests.Stash.Client;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Core.UnitTests.Diagnosis;

public sealed class EndpointAdviceTests
{
    [Theory]
    [InlineData("http://192.0.2.7:1234/v1", "Serve on Local Network")]
    [InlineData("http://192.0.2.7:11434/v1", "OLLAMA_HOST=0.0.0.0")]
    [InlineData("http://192.0.2.7:8080/v1", "`llama-server` with `--host 0.0.0.0`")]
    [InlineData("http://192.0.2.7:8000/v1", "`vllm serve` with `--host 0.0.0.0`")]
    public async Task Explains_how_a_local_server_listens_for_others(string url, string expected)
    {
        // The advice depends on the address alone: nobody waits for a machine that the network does not have.
        var text = await Of(url, isContainer: false, time: new SkippedTime())
            .UnavailableAsync("no connection: Connection refused", needsUser: false, TestContext.Current.CancellationToken);

        Assert.Contains("no connection: Connection refused.", text, StringComparison.Ordinal);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_container_localhost_is_the_container()
    {
        var inside = await Of("http://localhost:11434/v1", isContainer: true)
            .UnavailableAsync("no connection", needsUser: false, TestContext.Current.CancellationToken);
        var outside = await Of("http://localhost:11434/v1", isContainer: false)
            .UnavailableAsync("no connection", needsUser: false, TestContext.Current.CancellationToken);

        Assert.Contains("use http://host.docker.internal:11434/v1", inside, StringComparison.Ordinal);
        Assert.Contains("OLLAMA_HOST=0.0.0.0", inside, StringComparison.Ordinal);
        Assert.Contains("Is the server started", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("container", outside, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qwen2.5-vl-7b-instuct", "did you mean qwen2.5-vl-7b-instruct?")]
    [InlineData("gemma-3", "did you mean google/gemma-3-12b?")]
    [InlineData("pixtral", "It has no model pixtral. Its models: ")]
    public async Task A_model_that_is_not_there_leads_to_those_that_are(string model, string expected)
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Models = ["qwen2.5-vl-7b-instruct", "google/gemma-3-12b"] });

        var text = await Of(vlm.BaseUrl, isContainer: false, model)
            .UnavailableAsync("HTTP 404", needsUser: true, TestContext.Current.CancellationToken);

        Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_model_that_cannot_see_leads_to_one_that_can_and_not_to_its_name(bool needsUser)
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Models = ["some-text-model"] });
        const string Reason =
            "HTTP 500, the model cannot see pictures: choose a vision model for endpoint pc (the server says: image input is not supported)";

        var advice = Of(vlm.BaseUrl, isContainer: false, "other");
        var text = needsUser
            ? await advice.UnavailableAsync(Reason, needsUser, TestContext.Current.CancellationToken)
            : await advice.UnansweredAsync(Reason, TestContext.Current.CancellationToken);

        Assert.Contains("--mmproj", text, StringComparison.Ordinal);
        Assert.DoesNotContain("It has no model", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_name_is_not_blamed_where_the_server_did_not_complain_about_it()
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Models = ["loaded-model"] });

        var text = await Of(vlm.BaseUrl, isContainer: false, "other")
            .UnansweredAsync("HTTP 400 (the server says: unexpected failure)", TestContext.Current.CancellationToken);

        Assert.Contains("It lists loaded-model instead of other, but some servers take any model name.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("It has no model", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other", "; the server lists loaded-model, not other: it may answer with what it has under any name")]
    [InlineData("loaded-model", "")]
    [InlineData("loaded", "")]
    public async Task Says_that_a_server_answered_under_a_name_that_it_does_not_list(string model, string expected)
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Models = ["loaded-model"], TakesAnyModel = true });

        var text = await Of(vlm.BaseUrl, isContainer: false, model).AcceptedAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, text);
    }

    [Fact]
    public async Task An_empty_list_is_not_blamed_where_the_server_did_not_complain_about_the_model()
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Models = [], TakesAnyModel = true });

        var text = await Of(vlm.BaseUrl, isContainer: false)
            .UnansweredAsync("HTTP 400 (the server says: unexpected failure)", TestContext.Current.CancellationToken);

        Assert.EndsWith("It lists no models, but some servers take any model name.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explains_how_to_get_a_model()
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Models = [] });

        var text = await Of(vlm.BaseUrl, isContainer: false)
            .UnavailableAsync("HTTP 404", needsUser: true, TestContext.Current.CancellationToken);

        Assert.Contains("The server has no model: ", text, StringComparison.Ordinal);
        Assert.Contains("ollama pull", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_answers_with_an_error_is_not_said_to_be_out_of_reach()
    {
        await using var vlm = await SimulatedVlm.StartAsync(new VlmBehavior { Models = ["m"] });

        var text = await Of(vlm.BaseUrl, isContainer: false)
            .UnavailableAsync("HTTP 400 (the server says: Model is unloaded.)", needsUser: false, TestContext.Current.CancellationToken);

        Assert.Equal($"{vlm.BaseUrl}: HTTP 400 (the server says: Model is unloaded.).", text);
    }

    [Fact]
    public async Task Too_small_a_context_names_the_setting()
    {
        var text = await Of("http://pc:11434/v1", isContainer: false)
            .UnansweredAsync(
                "HTTP 400 (the server says: the request exceeds the available context size)",
                TestContext.Current.CancellationToken
            );

        Assert.Contains("OLLAMA_CONTEXT_LENGTH=8192", text, StringComparison.Ordinal);
        Assert.Contains("vlm.maxImageSize", text, StringComparison.Ordinal);
    }

    private static EndpointAdvice Of(string url, bool isContainer, string model = "m", TimeProvider? time = null) =>
        new(new EndpointOptions { Name = "pc", BaseUrl = url }, model, new ModelServerFinder(time ?? TimeProvider.System), isContainer);
}

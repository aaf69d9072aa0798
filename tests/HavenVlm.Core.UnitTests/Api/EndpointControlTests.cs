using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool;

namespace HavenVlm.Core.UnitTests.Api;

/// <summary>"My PC is busy": all model servers paused and resumed through the routes that both hosts share.</summary>
public sealed class EndpointControlTests : IAsyncDisposable
{
    private readonly InProcessCore _core = new(options =>
        options with
        {
            Vlm = options.Vlm with { Endpoints = [Endpoint("pc"), Endpoint("nas")] },
        }
    );

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task Until_a_time_and_after_a_restart_too()
    {
        var until = DateTimeOffset.UtcNow.AddHours(2);

        Assert.Equal(204, (await _core.CallAsync("POST", "api/endpoints/pause", $$"""{"until":"{{until:O}}"}""")).Status);

        AssertAll(EndpointState.Paused);
        _core.Get<EndpointPool>().PauseAll(until: null);
        await _core.Get<EndpointControl>().RestoreAsync(CancellationToken.None);
        AssertAll(EndpointState.Paused);
        Assert.All(
            _core.Get<EndpointPool>().Snapshot(),
            each => Assert.StartsWith("paused until 20", each.Message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Without_a_time_until_they_are_resumed()
    {
        await _core.CallAsync("POST", "api/endpoints/pause", "{}");
        AssertAll(EndpointState.Paused);
        await _core.Get<EndpointControl>().RestoreAsync(CancellationToken.None);
        AssertAll(EndpointState.Paused);

        Assert.Equal(204, (await _core.CallAsync("POST", "api/endpoints/resume")).Status);

        AssertAll(EndpointState.Healthy);
        await _core.Get<EndpointControl>().RestoreAsync(CancellationToken.None);
        AssertAll(EndpointState.Healthy);
    }

    [Fact]
    public async Task Resuming_ends_a_pause_until_a_time_and_those_of_single_ones()
    {
        await _core.CallAsync("POST", "api/endpoints/{name}/pause", id: "pc");
        await _core.CallAsync("POST", "api/endpoints/pause", $$"""{"until":"{{DateTimeOffset.UtcNow.AddDays(1):O}}"}""");

        await _core.CallAsync("POST", "api/endpoints/resume");

        AssertAll(EndpointState.Healthy);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(24 * 31)]
    public async Task A_time_that_is_over_or_far_away_is_refused(int hours)
    {
        var answer = await _core.CallAsync("POST", "api/endpoints/pause", $$"""{"until":"{{DateTimeOffset.UtcNow.AddHours(hours):O}}"}""");

        Assert.Equal(400, answer.Status);
        Assert.Contains("within the next 30 days", answer.Text("detail"), StringComparison.Ordinal);
        AssertAll(EndpointState.Healthy);
    }

    private void AssertAll(EndpointState state) =>
        Assert.All(_core.Get<EndpointPool>().Snapshot(), endpoint => Assert.Equal(state, endpoint.State));

    private static EndpointOptions Endpoint(string name) => new() { Name = name, BaseUrl = $"http://{name}:1234/v1" };
}

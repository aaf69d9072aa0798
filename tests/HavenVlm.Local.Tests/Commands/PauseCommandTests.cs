using HavenVlm.Local.Tests.EndToEnd;

namespace HavenVlm.Local.Tests.Commands;

public sealed class PauseCommandTests(VideosFixture videos)
{
    [Fact]
    public async Task Keeps_the_server_from_asking_and_lets_it_ask_again()
    {
        await using var world = await World.CreateAsync(videos);
        var (without, missing) = await world.RunAsync("pause");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();

        var (wrong, explained) = await world.RunAsync("pause", "--for", "soon");
        var (paused, said) = await world.RunAsync("pause", "--for", "2h");
        var scene = await world.AddSceneAsync("phone");
        var started = await world.PostAsync($"{address}/api/scenes/tag", new { sceneIds = new[] { World.Id(scene) } });
        await World.UntilAsync(
            () => haven.Output.Contains("paused until", StringComparison.Ordinal),
            "a word about the pause",
            () => haven.Output
        );
        var asked = world.Vlm.Log.Requests;
        var (resumed, used) = await world.RunAsync("resume");
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);

        Assert.Equal((1, 2, 0, 0), (without, wrong, paused, resumed));
        Assert.Contains("there is nothing to pause or resume", missing, StringComparison.Ordinal);
        Assert.Contains("--for soon: expected a time from 1m to 30d", explained, StringComparison.Ordinal);
        Assert.Matches(@"The model servers are paused until \d{4}-\d\d-\d\d \d\d:\d\d\. Work waits and nothing is lost\.", said);
        Assert.Equal("The model servers are used again.", used.Trim());
        Assert.Equal(0, asked);
        Assert.Equal(1, status.GetProperty("output").GetProperty("done").GetInt32());
    }
}

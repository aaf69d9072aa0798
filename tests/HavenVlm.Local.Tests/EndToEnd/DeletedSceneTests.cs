using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>A scene that a person deletes in Stash while it is analyzed.</summary>
public sealed class DeletedSceneTests(VideosFixture videos)
{
    [Fact]
    public async Task A_deleted_scene_stops_asking_and_the_command_says_why_it_was_skipped()
    {
        await using var world = await World.CreateAsync(
            videos,
            behavior: new VlmBehavior
            {
                Latency = TimeSpan.FromSeconds(1),
                Slots = 1,
                WhenFull = WhenFull.Queue,
            }
        );
        var scene = await world.AddSceneAsync("short-events");
        var tagging = world.RunAsync("tag", "--scene", World.Id(scene));
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 2, "2 answers");

        world.Stash.Library.DeleteScene(scene.Id);
        var asked = world.Vlm.Log.Requests;
        var (_, output) = await tagging;

        Assert.Contains("skipped: The scene was deleted in Stash", output, StringComparison.Ordinal);
        Assert.Contains("1 skipped", output, StringComparison.Ordinal);
        Assert.InRange(world.Vlm.Log.Requests - asked, 0, 14);
    }
}

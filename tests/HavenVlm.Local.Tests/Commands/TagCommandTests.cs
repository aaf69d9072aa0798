using HavenVlm.Demo.Media;
using HavenVlm.Demo.Stash;
using HavenVlm.Demo.Stash.State;
using HavenVlm.Demo.Vlm;

namespace HavenVlm.Local.Tests.Commands;

public sealed class TagCommandTests
{
    [Fact]
    public async Task A_scene_is_tagged_in_this_process_when_no_server_runs()
    {
        await using var videos = new SampleVideos();
        await using var stash = await SimulatedStash.StartAsync();
        await using var vlm = await SimulatedVlm.StartAsync();
        var video = await videos.GetAsync("phone");
        var scene = stash.Library.AddScene(
            "phone",
            new StashFile(0, video.Path, DateTimeOffset.UnixEpoch) { Size = new FileInfo(video.Path).Length }
        );
        using var place = new Workplace(Workplace.For(stash, vlm));

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "tag", "--scene", $"{scene.Id}");

        Assert.True(exitCode == 0, haven.Output + haven.Error);
        Assert.Contains("1 done, 0 failed", haven.Output, StringComparison.Ordinal);
        Assert.Contains("Jumping", stash.Library.TagNamesOf(scene.Id));
    }
}

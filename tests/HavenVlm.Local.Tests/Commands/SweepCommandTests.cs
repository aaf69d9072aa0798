namespace HavenVlm.Local.Tests.Commands;

public sealed class SweepCommandTests(VideosFixture videos)
{
    [Fact]
    public async Task Processes_request_tags_and_reports_when_there_are_none()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos);
        var scene = await fixture.AddSceneAsync("phone");
        var (first, idle) = await HavenProcess.RunAsync(fixture.Place.Folder, "sweep");
        fixture.Stash.Library.TagScene(scene, fixture.Stash.Library.FindTag("VLM_TagMe")!.Id);

        var (second, busy) = await HavenProcess.RunAsync(fixture.Place.Folder, "sweep");

        Assert.True(first == 0, idle.Output + idle.Error);
        Assert.EndsWith("Nothing carries a request tag.\n", idle.Output, StringComparison.Ordinal);
        Assert.True(second == 0, busy.Output + busy.Error);
        Assert.EndsWith("1 done, 0 failed, 0 skipped, 0 terminated.\n", busy.Output, StringComparison.Ordinal);
        Assert.Contains("VLM_Tagged", fixture.Stash.Library.TagNamesOf(scene));
    }
}

namespace HavenVlm.Local.Tests.Commands;

public sealed class DoctorCommandTests
{
    [Fact]
    public async Task When_all_is_well_everything_was_really_tried()
    {
        await using var laboratory = await Laboratory.OpenAsync();
        var scene = await laboratory.AddSceneAsync("phone");

        var (exitCode, haven) = await HavenProcess.RunAsync(laboratory.Place.Folder, "doctor");

        Assert.True(exitCode == 0, haven.Output + haven.Error);
        Assert.Contains("ok       data folder: ", haven.Output, StringComparison.Ordinal);
        Assert.Contains("ok       ffmpeg: version ", haven.Output, StringComparison.Ordinal);
        Assert.Contains($"at {laboratory.Stash.Address}, 1 scenes", haven.Output, StringComparison.Ordinal);
        Assert.Contains("warning  Stash's password: none is set", haven.Output, StringComparison.Ordinal);
        Assert.Contains($"ok       media: scene {scene} (", haven.Output, StringComparison.Ordinal);
        Assert.Contains("endpoint local: ", haven.Output, StringComparison.Ordinal);
        Assert.InRange(laboratory.Vlm.Log.Requests, 1, 3);
    }

    [Fact]
    public async Task What_does_not_work_says_what_to_do()
    {
        using var place = new Workplace(Workplace.Minimal + "\nstorage: { dataDir: haven.yaml/data }");

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "doctor");

        Assert.True(exitCode == 1, haven.Output + haven.Error);
        Assert.Contains("FAILED   data folder: ", haven.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED   Stash: Stash at http://127.0.0.1:9 can not be reached", haven.Output, StringComparison.Ordinal);
        Assert.Contains("skipped  media: Stash has to answer first", haven.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED   endpoint local: http://127.0.0.1:9/v1: ", haven.Output, StringComparison.Ordinal);
        Assert.Empty(haven.Error);
    }
}

using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.Commands;

public sealed class TagCommandTests(VideosFixture videos)
{
    [Fact]
    public async Task Works_in_this_process_without_a_server_and_reports_one_failure()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos);
        var good = await fixture.AddSceneAsync("phone");
        var broken = await fixture.AddSceneAsync("broken");

        var (exitCode, haven) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag", "--scene", $"{good}", "--scene", $"{broken}");

        Assert.True(exitCode == 1, haven.Output + haven.Error);
        Assert.Contains("1 done, 1 failed, 0 skipped, 0 terminated.", haven.Output, StringComparison.Ordinal);
        Assert.Contains($"Scene {broken} \"broken\" failed: ", haven.Error, StringComparison.Ordinal);
        Assert.Contains("Jumping", fixture.Stash.Library.TagNamesOf(good));
        Assert.Contains("VLM_Errored", fixture.Stash.Library.TagNamesOf(broken));
        Assert.DoesNotContain("   at ", haven.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_server_the_server_does_the_work_and_the_command_follows()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos, "sweep: { enabled: false }");
        var scene = await fixture.AddSceneAsync("phone");
        await using var server = HavenProcess.Start(fixture.Place.Folder, "serve");
        await server.AddressAsync();

        var (exitCode, haven) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag", "--scene", $"{scene}", "--json");
        var (statusExit, status) = await HavenProcess.RunAsync(fixture.Place.Folder, "status");

        Assert.True(exitCode == 0, haven.Output + haven.Error);
        using var json = System.Text.Json.JsonDocument.Parse(haven.Output);
        Assert.Equal("Completed", json.RootElement.GetProperty("runtimeStatus").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("output").GetProperty("done").GetInt32());
        Assert.Contains("VLM_Tagged", fixture.Stash.Library.TagNamesOf(scene));
        Assert.Equal(0, statusExit);
        Assert.Contains($"Ended: scene-{scene} Completed", status.Output, StringComparison.Ordinal);
        Assert.Contains("Endpoint local: Healthy", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_it_stops_cleanly_and_the_next_run_asks_only_for_what_is_lacking()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent as on Unix.");
        await using var fixture = await ModelAndStashFixture.OpenAsync(
            videos,
            behavior: new VlmBehavior { Latency = TimeSpan.FromSeconds(2) }
        );
        var scene = await fixture.AddSceneAsync("park");
        await using var interrupted = HavenProcess.Start(fixture.Place.Folder, "tag", "--scene", $"{scene}");
        while (fixture.Vlm.Log.Answered < 6)
        {
            await Task.Delay(50);
        }

        interrupted.Signal(2);
        Assert.Equal(130, await interrupted.ExitAsync());
        var answered = fixture.Vlm.Log.Answered;
        fixture.Vlm.Behavior = new VlmBehavior();
        var (exitCode, again) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag", "--scene", $"{scene}");

        Assert.Contains("the next run continues here", interrupted.Error, StringComparison.Ordinal);
        Assert.True(exitCode == 0, again.Output + again.Error);
        Assert.Contains("VLM_Tagged", fixture.Stash.Library.TagNamesOf(scene));
        Assert.InRange(answered, 6, 23);
        // At most what was out when it was stopped.
        Assert.InRange(fixture.Vlm.Log.AskedAgain().Select(question => question.Stamp).Distinct().Count(), 0, 4);
    }

    [Fact]
    public async Task Reports_that_there_is_nothing_to_do_or_write()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos);
        var scene = await fixture.AddSceneAsync("phone");

        var (none, nothing) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag");
        var (first, _) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag", "--scene", $"{scene}");
        var (second, dry) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag", "--scene", $"{scene}", "--dry-run");

        Assert.Equal((0, 0, 0), (none, first, second));
        Assert.EndsWith("No scenes to process.\n", nothing.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing would be written: Stash already has it", dry.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--scene abc", "--scene abc: ids of Stash are whole numbers")]
    [InlineData("--scene 1 --filter x", "--scene and --filter do not go together")]
    [InlineData("--scene", "Required argument missing for option: '--scene'.")]
    [InlineData("--nope", "Unrecognized command or argument '--nope'")]
    public async Task A_wrong_command_line_is_explained(string args, string expected)
    {
        using var place = new Workplace();

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, ["tag", .. args.Split(' ')]);

        Assert.Equal(2, exitCode);
        Assert.Contains(expected, haven.Error, StringComparison.Ordinal);
        Assert.Empty(haven.Output);
    }

    [Theory]
    [InlineData("tag --scene 007")]
    [InlineData("images --image 007")]
    [InlineData("undo --scene 007")]
    [InlineData("tune --scene 007")]
    public async Task Every_command_refuses_an_id_that_Stash_would_not_give_out(string args)
    {
        using var place = new Workplace();

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, args.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Contains("007: ids of Stash are whole numbers such as 12, without zeros in front", haven.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_with_which_nothing_can_be_tagged_are_refused()
    {
        using var place = new Workplace("stash: {}");

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "tag");

        Assert.Equal(2, exitCode);
        Assert.Equal(["vlm.endpoints", "tags"], haven.ErrorLines.Select(line => line.Split(':')[0]));
    }
}

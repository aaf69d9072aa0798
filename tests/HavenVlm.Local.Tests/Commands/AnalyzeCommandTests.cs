using System.Text.Json;

namespace HavenVlm.Local.Tests.Commands;

public sealed class AnalyzeCommandTests(VideosFixture videos)
{
    [Fact]
    public async Task A_video_is_analyzed_without_stash_into_json_and_a_report()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos);
        await fixture.Stash.StopAsync();
        var video = await fixture.VideoAsync("phone");

        var (exitCode, haven) = await HavenProcess.RunAsync(
            fixture.Place.Folder,
            ["analyze", video, "--json", "result.json", "--report", "report.html", "--interval", "1s"]
        );

        Assert.True(exitCode == 0, haven.Output + haven.Error);
        Assert.Contains("Tag Jumping: ", haven.Output, StringComparison.Ordinal);
        using var result = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(fixture.Place.Folder, "result.json")));
        var frames = result.RootElement.GetProperty("frames");
        Assert.InRange(frames.GetProperty("answered").GetInt32(), 10, 60);
        Assert.Equal(frames.GetProperty("asked").GetInt32(), frames.GetProperty("answered").GetInt32());
        Assert.True(result.RootElement.GetProperty("tags").TryGetProperty("Jumping", out _));
        var report = await File.ReadAllTextAsync(Path.Combine(fixture.Place.Folder, "report.html"));
        Assert.Contains("Jumping", report, StringComparison.Ordinal);
        Assert.Matches(@"rounds of this run</bdi></dt><dd><bdi>\d+( \+ \d+)+ frames", report);
    }

    [Theory]
    [InlineData(1, "nothing.mp4", "File not found: ")]
    [InlineData(2, "nothing.mp4 --interval 5%", "--interval 5%: expected a duration from 100ms to 1h")]
    [InlineData(2, "", "Required argument missing for command: 'analyze'.")]
    public async Task Explains_what_cannot_be_done(int expectedExit, string args, string expected)
    {
        using var place = new Workplace();

        var (exitCode, haven) = await HavenProcess.RunAsync(
            place.Folder,
            ["analyze", .. args.Split(' ', StringSplitOptions.RemoveEmptyEntries)]
        );

        Assert.Equal(expectedExit, exitCode);
        Assert.Contains(expected, haven.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", haven.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_an_unwritable_output_before_any_request()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos);
        var video = await fixture.VideoAsync("phone");

        var (exitCode, haven) = await HavenProcess.RunAsync(
            fixture.Place.Folder,
            ["analyze", video, "--report", Path.Combine("nowhere", "report.html")]
        );

        Assert.Equal(2, exitCode);
        Assert.Contains("name a file in a folder that exists", haven.Error, StringComparison.Ordinal);
        Assert.Equal(0, fixture.Vlm.Log.Answered);
    }
}

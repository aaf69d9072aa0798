using HavenVlm.Core.Configuration;
using HavenVlm.Local.Commands;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.Commands;

public sealed class DoctorCommandTests(VideosFixture videos)
{
    [Fact]
    public async Task When_all_is_well_everything_was_really_tried()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos);
        var scene = await fixture.AddSceneAsync("phone");

        var (exitCode, haven) = await HavenProcess.RunAsync(fixture.Place.Folder, "doctor");

        Assert.True(exitCode == 0, haven.Output + haven.Error);
        Assert.Contains("ok       data folder: ", haven.Output, StringComparison.Ordinal);
        Assert.Contains("ok       ffmpeg: version ", haven.Output, StringComparison.Ordinal);
        Assert.Contains($"at {fixture.Stash.Address}, 1 scenes", haven.Output, StringComparison.Ordinal);
        Assert.Contains("warning  Stash's password: none is set", haven.Output, StringComparison.Ordinal);
        Assert.Contains($"ok       media: scene {scene} (", haven.Output, StringComparison.Ordinal);
        Assert.Contains("ok       clock: ", haven.Output, StringComparison.Ordinal);
        Assert.Contains("ok       endpoint local: simulated-vlm saw the test pictures", haven.Output, StringComparison.Ordinal);
        Assert.InRange(fixture.Vlm.Log.Requests, 2, 4);
    }

    [Theory]
    [InlineData("644", "apiKey: 'a-key-of-ours'", true)]
    [InlineData("600", "apiKey: 'a-key-of-ours'", false)]
    [InlineData("644", "", false)]
    public void Reports_a_readable_key_file_with_the_command_that_fixes_it(string mode, string key, bool isTold)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var text = Workplace.Minimal.Replace("server: {", $"server: {{ {(key.Length > 0 ? key + "," : "")}", StringComparison.Ordinal);
        using var place = new Workplace(text);
        var file = Path.Combine(place.Folder, "haven.yaml");
        File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32(mode, 8));
        var options = ConfigurationLoader.LoadText(text, "haven.yaml", place.Folder, new Dictionary<string, string>());

        var finding = ConfigurationPrivacy.Find(options with { File = file });

        Assert.Equal(isTold, finding?.Message.Contains($"chmod 600 {file}", StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData("blind", "answered in", "does not distinguish a red picture from a blue one")]
    [InlineData("short", "exceeds the available context size", "--ctx-size")]
    [InlineData("other", "does not exist", "did you mean simulated-vlms?")]
    public async Task Reports_an_unsuitable_model_with_what_to_do(string kind, string what, string advice)
    {
        var behavior = new VlmBehavior { Sees = kind is not "blind", ContextTokens = kind is "short" ? 300 : int.MaxValue };
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos, behavior: behavior);
        fixture.Vlm.Behavior = kind is "other" ? behavior with { Models = ["simulated-vlms"] } : behavior;

        var (exitCode, haven) = await HavenProcess.RunAsync(fixture.Place.Folder, "doctor");

        Assert.Equal(1, exitCode);
        var line = Assert.Single(haven.Output.Split('\n'), line => line.Contains("endpoint local", StringComparison.Ordinal));
        Assert.StartsWith("FAILED ", line, StringComparison.Ordinal);
        Assert.Contains(what, line, StringComparison.Ordinal);
        Assert.Contains(advice, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Media_under_another_path_lead_to_the_line_that_maps_it()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos);
        var video = await fixture.VideoAsync("phone");
        var folder = Path.GetDirectoryName(video)!;
        var file = new StashFile(0, "/library/of/stash/" + Path.GetFileName(video), DateTimeOffset.UnixEpoch)
        {
            Size = new FileInfo(video).Length,
        };
        // Streaming serves the file all the same.
        fixture.Stash.Library.AddScene("phone", file with { ServedFrom = video });
        fixture.Place.Configure(
            Workplace
                .For(fixture.Stash, fixture.Vlm)
                .Replace("stash: {", $"stash: {{ pathMap: [ {{ from: /wrong, to: \"{folder}\" }} ],", StringComparison.Ordinal)
        );

        var (_, haven) = await HavenProcess.RunAsync(fixture.Place.Folder, "doctor");

        Assert.Contains(
            $"Add this under stash.pathMap, and the files are read there instead of from Stash's stream:  - {{ from: \"/library/of/stash\", to: \"{folder}\" }}",
            haven.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_does_not_work_says_what_to_do()
    {
        using var place = new Workplace(Workplace.Minimal + "\nstorage: { dataDir: haven.yaml/data }");

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "doctor");

        Assert.True(exitCode == 1, haven.Output + haven.Error);
        Assert.Contains("FAILED   data folder: ", haven.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED   Stash: Stash at http://127.0.0.1:9 cannot be reached", haven.Output, StringComparison.Ordinal);
        Assert.Contains("skipped  media: Stash has to answer first", haven.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED   endpoint local: http://127.0.0.1:9/v1: ", haven.Output, StringComparison.Ordinal);
        Assert.Empty(haven.Error);
    }
}

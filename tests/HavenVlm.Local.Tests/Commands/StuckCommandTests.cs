using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.Commands;

/// <summary>Commands whose work cannot go on end and say what to change; an outage leaves the work queued.</summary>
public sealed class StuckCommandTests(VideosFixture videos)
{
    private const string Queued = "The work is queued: the next `haven` command or `haven serve` continues it.";

    [Theory]
    [InlineData(StashVersion.Old2023, Explicit = true)]
    [InlineData(StashVersion.New2026)]
    public async Task A_refused_key_of_Stash_ends_the_command(StashVersion version)
    {
        var stash = new SimulatedStashOptions { Version = version, ApiKey = "right" };
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos, stash: stash);
        var yaml = Path.Combine(fixture.Place.Folder, "haven.yaml");
        fixture.Place.Configure(
            (await File.ReadAllTextAsync(yaml)).Replace("stash: { ", "stash: { apiKey: wrong, ", StringComparison.Ordinal)
        );

        var (exitCode, haven) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag", "--scene", "1", "--wait");

        Assert.Equal(1, exitCode);
        Assert.Contains($"stash.apiKey is refused by {fixture.Stash.Address}", haven.Error, StringComparison.Ordinal);
        Assert.EndsWith(Queued + "\n", haven.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_not_Stash_ends_the_command()
    {
        await using var vlm = await SimulatedVlm.StartAsync();
        using var place = new Workplace(
            Workplace.Minimal.Replace(
                "stash: { url: \"http://127.0.0.1:9\" }",
                $"stash: {{ url: \"{new Uri(vlm.BaseUrl).GetLeftPart(UriPartial.Authority)}\" }}",
                StringComparison.Ordinal
            )
        );

        var (exitCode, haven) = await HavenProcess.RunAsync(place.Folder, "images", "--image", "1");

        Assert.Equal(1, exitCode);
        Assert.Contains("stash.url", haven.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_model_name_ends_the_command_also_when_a_server_does_the_work()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos, "sweep: { enabled: false }");
        var scene = await fixture.AddSceneAsync("phone");
        fixture.Vlm.Behavior = new VlmBehavior { Models = ["another-model"] };

        var (alone, haven) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag", "--scene", $"{scene}");
        var (analyzed, analysis) = await HavenProcess.RunAsync(fixture.Place.Folder, "analyze", await fixture.VideoAsync("phone"));
        await using var server = HavenProcess.Start(fixture.Place.Folder, "serve");
        var address = await server.AddressAsync();
        var (followed, follower) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag", "--scene", $"{scene}");

        Assert.Equal((1, 1, 1), (alone, analyzed, followed));
        Assert.All(
            [haven, analysis, follower],
            each => Assert.Contains("Endpoint local is misconfigured: ", each.Error, StringComparison.Ordinal)
        );
        Assert.EndsWith(Queued + "\n", haven.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"The work is queued: the server at {address.TrimEnd('/')} continues it.",
            follower.Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("tag")]
    [InlineData("analyze")]
    public async Task A_missing_ffmpeg_ends_the_command(string command)
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos);
        var scene = await fixture.AddSceneAsync("phone");
        string[] args = command is "tag" ? ["tag", "--scene", $"{scene}"] : ["analyze", await fixture.VideoAsync("phone")];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HAVEN_FFMPEG"] = fixture.Place.Folder };

        await using var haven = HavenProcess.Start(fixture.Place.Folder, environment, args);

        Assert.Equal(1, await haven.ExitAsync());
        Assert.Contains("ffmpeg was not found", haven.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", haven.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_outage_leaves_the_work_queued_and_the_next_run_continues_it_at_once_without_the_old_message()
    {
        await using var fixture = await ModelAndStashFixture.OpenAsync(videos);
        var scene = await fixture.AddSceneAsync("phone");
        await fixture.Stash.StopAsync();

        var (away, first) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag", "--scene", $"{scene}");
        await fixture.Stash.StartAgainAsync();
        var (back, second) = await HavenProcess.RunAsync(fixture.Place.Folder, "tag", "--scene", $"{scene}");

        Assert.Equal(1, away);
        Assert.Contains($"Stash does not answer. {Queued}", first.Error, StringComparison.Ordinal);
        Assert.True(back == 0, second.Output + second.Error);
        Assert.DoesNotContain("cannot be reached", second.Output + second.Error, StringComparison.Ordinal);
        Assert.Contains("VLM_Tagged", fixture.Stash.Library.TagNamesOf(scene));
    }
}

using System.Net.Http.Json;
using HavenVlm.Core.Configuration;
using HavenVlm.Simulation.Demo;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Core.Tests.Simulators;

public sealed class DemoEnvironmentTests
{
    private static readonly DemoEnvironmentOptions Small = new() { Scripts = [SampleScripts.Find("phone"), SampleScripts.Find("broken")] };

    [Fact]
    public async Task The_configuration_that_it_writes_is_right_and_complete()
    {
        await using var demo = await DemoEnvironment.StartAsync(
            Small with
            {
                Servers = 2,
                Sampling = "adaptive",
                Vlm = new VlmBehavior { ApiKey = "a\"quoted\"key" },
            },
            CancellationToken.None
        );
        var loaded = Load(demo);
        Assert.Empty(loaded.Missing);
        var options = loaded.Options;
        Assert.Equal(demo.Stash.Address, options.Stash.Url);
        Assert.Equal(demo.Vlms.Select(v => v.BaseUrl), options.Vlm.Endpoints.Select(e => e.BaseUrl));
        Assert.Equal("a\"quoted\"key", options.Vlm.Endpoints[0].ApiKey);
        Assert.Equal(SamplingMode.Adaptive, options.Video.Sampling);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Video.FrameInterval);
        Assert.Equal(TagLegend.Tags.Order(StringComparer.Ordinal), options.Tags.Keys.Order(StringComparer.Ordinal));
        Assert.All(demo.Scenes, scene => Assert.Contains("VLM_TagMe", demo.Stash.Library.TagNamesOf(scene.Id)));
    }

    [Fact]
    public async Task Images_that_equal_the_truth_are_right_and_every_difference_is_found()
    {
        await using var demo = await DemoEnvironment.StartAsync(Small with { WithImages = true }, CancellationToken.None);
        var library = demo.Stash.Library;
        var asked = library.FindTag("VLM_TagMe")!.Id;
        Assert.Equal(demo.Images.Count + 1, TruthCheck.RunImages(demo).Count);
        foreach (var image in demo.Images)
        {
            library.UntagImage(image.Id, asked);
            library.TagImage(image.Id, [.. image.Tags.Append("VLM_Tagged").Select(tag => library.EnsureTag(tag).Id)]);
        }

        library.UntagGallery(library.Galleries.Values.Single().Id, asked);
        Assert.Empty(TruthCheck.RunImages(demo));

        library.TagImage(demo.Images[1].Id, library.FindTag("Kissing")!.Id);
        library.UntagImage(demo.Images[0].Id, library.FindTag(DemoEnvironment.UsersTag)!.Id);
        Assert.Equal(2, TruthCheck.RunImages(demo).Count);
    }

    [Fact]
    public async Task Nothing_stays_behind()
    {
        string folder;
        await using (var demo = await DemoEnvironment.StartAsync(Small, CancellationToken.None))
        {
            folder = demo.Folder;
            Assert.True(File.Exists(demo.ConfigurationFile));
        }

        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData(StashVersion.New2026)]
    [InlineData(StashVersion.Old2023)]
    public async Task What_equals_the_truth_is_right_and_every_difference_is_found(StashVersion version)
    {
        await using var demo = await DemoEnvironment.StartAsync(Small with { Version = version }, CancellationToken.None);
        var library = demo.Stash.Library;
        Assert.DoesNotContain(TruthCheck.Run(demo), check => check.IsGood);

        await PublishAsync(demo);
        Assert.All(TruthCheck.Run(demo), check => Assert.True(check.IsGood, string.Join("; ", check.Problems)));

        var scene = demo.Scenes[0].Id;
        var marker = library.MarkersOf(scene).First(m => m.TagIds.Count > 0);
        library.MoveMarker(marker.Id, marker.Seconds + 3, marker.EndSeconds + 3);
        Assert.Single(TruthCheck.Run(demo)[0].Markers, m => !m.IsGood);
        library.MoveMarker(marker.Id, marker.Seconds, marker.EndSeconds);
        Assert.True(TruthCheck.Run(demo)[0].IsGood);

        var twice = AddMarker(demo, scene, marker.PrimaryTagId, marker.Seconds, marker.EndSeconds);
        Assert.Single(TruthCheck.Run(demo)[0].Markers, m => m is { IsGood: false, Truth: null });
        library.DeleteMarker(twice.Id);

        library.DeleteMarker(marker.Id);
        Assert.Single(TruthCheck.Run(demo)[0].Markers, m => m is { IsGood: false, Start: null });

        library.UntagScene(scene, library.FindTag(DemoEnvironment.UsersTag)!.Id);
        Assert.Contains(TruthCheck.Run(demo)[0].Problems, p => p.Contains(DemoEnvironment.UsersTag, StringComparison.Ordinal));
        library.DeleteMarker(library.MarkersOf(scene).Single(m => m.TagIds.Count == 0).Id);
        Assert.Contains(TruthCheck.Run(demo)[0].Problems, p => p.Contains("user's own marker", StringComparison.Ordinal));
    }

    // What Haven VLM writes, half a second late.
    private static async Task PublishAsync(DemoEnvironment demo)
    {
        var library = demo.Stash.Library;
        var family = library.EnsureTag("VLM");
        var tagMe = library.FindTag("VLM_TagMe")!;
        foreach (var scene in demo.Scenes)
        {
            library.UntagScene(scene.Id, tagMe.Id);
            if (scene.Video.Script.Format == SampleFormat.Broken)
            {
                library.TagScene(scene.Id, library.EnsureTag("VLM_Errored").Id);
                continue;
            }

            library.TagScene(scene.Id, library.EnsureTag("VLM_Tagged").Id);
            foreach (var (tag, spans) in scene.Video.Truth)
            {
                var id = await CreateTagAsync(demo, tag, family.Id);
                library.TagScene(scene.Id, id);
                foreach (var span in spans)
                {
                    double? end = demo.Options.Version == StashVersion.Old2023 ? null : span.End.TotalSeconds + 0.5;
                    AddMarker(demo, scene.Id, id, span.Start.TotalSeconds + 0.5, end);
                }
            }
        }
    }

    private static async Task<int> CreateTagAsync(DemoEnvironment demo, string name, int parent)
    {
        const string mutation = "mutation($i:TagCreateInput!){tagCreate(input:$i){id}}";
        var input = new
        {
            name,
            parent_ids = new[] { $"{parent}" },
            ignore_auto_tag = true,
        };
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("ApiKey", Load(demo).Options.Stash.ApiKey);
        var body = new { query = mutation, variables = new { i = input } };
        using var response = await client.PostAsJsonAsync(demo.Stash.Address + "/graphql", body);
        response.EnsureSuccessStatusCode();
        return demo.Stash.Library.FindTag(name)!.Id;
    }

    private static LoadedConfiguration Load(DemoEnvironment demo) =>
        ConfigurationLoader.Load(demo.ConfigurationFile, new Dictionary<string, string>(StringComparer.Ordinal));

    private static StashMarker AddMarker(DemoEnvironment demo, int scene, int tag, double start, double? end) =>
        demo.Stash.Library.AddMarker(scene, tag, start, end, tagIds: [demo.Stash.Library.FindTag("VLM")!.Id]);
}

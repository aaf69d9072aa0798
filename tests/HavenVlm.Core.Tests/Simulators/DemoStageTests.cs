using System.Net.Http.Json;
using HavenVlm.Core.Configuration;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stage;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Core.Tests.Simulators;

public sealed class DemoStageTests
{
    private static readonly StageOptions Small = new() { Scripts = [SampleScripts.Find("phone"), SampleScripts.Find("broken")] };

    [Fact]
    public async Task The_configuration_that_it_writes_is_right_and_complete()
    {
        await using var stage = await DemoStage.StartAsync(
            Small with
            {
                Servers = 2,
                Sampling = "adaptive",
                Vlm = new VlmBehavior { ApiKey = "a\"quoted\"key" },
            },
            CancellationToken.None
        );
        var loaded = Load(stage);
        Assert.Empty(loaded.Missing);
        var options = loaded.Options;
        Assert.Equal(stage.Stash.Address, options.Stash.Url);
        Assert.Equal(stage.Vlms.Select(v => v.BaseUrl), options.Vlm.Endpoints.Select(e => e.BaseUrl));
        Assert.Equal("a\"quoted\"key", options.Vlm.Endpoints[0].ApiKey);
        Assert.Equal(SamplingMode.Adaptive, options.Video.Sampling);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Video.FrameInterval);
        Assert.Equal(TagLegend.Tags.Order(StringComparer.Ordinal), options.Tags.Keys.Order(StringComparer.Ordinal));
        Assert.All(stage.Scenes, scene => Assert.Contains("VLM_TagMe", stage.Stash.Library.TagNamesOf(scene.Id)));
    }

    [Fact]
    public async Task Images_that_equal_the_truth_are_right_and_every_difference_is_found()
    {
        await using var stage = await DemoStage.StartAsync(Small with { WithImages = true }, CancellationToken.None);
        var library = stage.Stash.Library;
        var asked = library.FindTag("VLM_TagMe")!.Id;
        Assert.Equal(stage.Images.Count + 1, TruthCheck.RunImages(stage).Count);
        foreach (var image in stage.Images)
        {
            library.UntagImage(image.Id, asked);
            library.TagImage(image.Id, [.. image.Tags.Append("VLM_Tagged").Select(tag => library.EnsureTag(tag).Id)]);
        }

        library.UntagGallery(library.Galleries.Values.Single().Id, asked);
        Assert.Empty(TruthCheck.RunImages(stage));

        library.TagImage(stage.Images[1].Id, library.FindTag("Kissing")!.Id);
        library.UntagImage(stage.Images[0].Id, library.FindTag(DemoStage.UsersTag)!.Id);
        Assert.Equal(2, TruthCheck.RunImages(stage).Count);
    }

    [Fact]
    public async Task Nothing_stays_behind()
    {
        string folder;
        await using (var stage = await DemoStage.StartAsync(Small, CancellationToken.None))
        {
            folder = stage.Folder;
            Assert.True(File.Exists(stage.ConfigurationFile));
        }

        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData(StashVersion.New2026)]
    [InlineData(StashVersion.Old2023)]
    public async Task What_equals_the_truth_is_right_and_every_difference_is_found(StashVersion version)
    {
        await using var stage = await DemoStage.StartAsync(Small with { Version = version }, CancellationToken.None);
        var library = stage.Stash.Library;
        Assert.DoesNotContain(TruthCheck.Run(stage), check => check.IsGood);

        await PublishAsync(stage);
        Assert.All(TruthCheck.Run(stage), check => Assert.True(check.IsGood, string.Join("; ", check.Problems)));

        var scene = stage.Scenes[0].Id;
        var marker = library.MarkersOf(scene).First(m => m.TagIds.Count > 0);
        library.MoveMarker(marker.Id, marker.Seconds + 3, marker.EndSeconds + 3);
        Assert.Single(TruthCheck.Run(stage)[0].Markers, m => !m.IsGood);
        library.MoveMarker(marker.Id, marker.Seconds, marker.EndSeconds);
        Assert.True(TruthCheck.Run(stage)[0].IsGood);

        var twice = AddMarker(stage, scene, marker.PrimaryTagId, marker.Seconds, marker.EndSeconds);
        Assert.Single(TruthCheck.Run(stage)[0].Markers, m => m is { IsGood: false, Truth: null });
        library.DeleteMarker(twice.Id);

        library.DeleteMarker(marker.Id);
        Assert.Single(TruthCheck.Run(stage)[0].Markers, m => m is { IsGood: false, Start: null });

        library.UntagScene(scene, library.FindTag(DemoStage.UsersTag)!.Id);
        Assert.Contains(TruthCheck.Run(stage)[0].Problems, p => p.Contains(DemoStage.UsersTag, StringComparison.Ordinal));
        library.DeleteMarker(library.MarkersOf(scene).Single(m => m.TagIds.Count == 0).Id);
        Assert.Contains(TruthCheck.Run(stage)[0].Problems, p => p.Contains("user's own marker", StringComparison.Ordinal));
    }

    // What Haven VLM writes, half a second late.
    private static async Task PublishAsync(DemoStage stage)
    {
        var library = stage.Stash.Library;
        var family = library.EnsureTag("VLM");
        var tagMe = library.FindTag("VLM_TagMe")!;
        foreach (var scene in stage.Scenes)
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
                var id = await CreateTagAsync(stage, tag, family.Id);
                library.TagScene(scene.Id, id);
                foreach (var span in spans)
                {
                    double? end = stage.Options.Version == StashVersion.Old2023 ? null : span.End.TotalSeconds + 0.5;
                    AddMarker(stage, scene.Id, id, span.Start.TotalSeconds + 0.5, end);
                }
            }
        }
    }

    private static async Task<int> CreateTagAsync(DemoStage stage, string name, int parent)
    {
        const string mutation = "mutation($i:TagCreateInput!){tagCreate(input:$i){id}}";
        var input = new
        {
            name,
            parent_ids = new[] { $"{parent}" },
            ignore_auto_tag = true,
        };
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("ApiKey", Load(stage).Options.Stash.ApiKey);
        var body = new { query = mutation, variables = new { i = input } };
        using var response = await client.PostAsJsonAsync(stage.Stash.Address + "/graphql", body);
        response.EnsureSuccessStatusCode();
        return stage.Stash.Library.FindTag(name)!.Id;
    }

    private static LoadedConfiguration Load(DemoStage stage) =>
        ConfigurationLoader.Load(stage.ConfigurationFile, new Dictionary<string, string>(StringComparer.Ordinal));

    private static StashMarker AddMarker(DemoStage stage, int scene, int tag, double start, double? end) =>
        stage.Stash.Library.AddMarker(scene, tag, start, end, tagIds: [stage.Stash.Library.FindTag("VLM")!.Id]);
}

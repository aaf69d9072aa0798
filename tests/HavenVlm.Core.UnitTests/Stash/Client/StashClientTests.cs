using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Filters;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Stash.Client;

public sealed class StashClientTests
{
    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.Release28, StashVersion.New2026];

    [Theory]
    [InlineData(StashVersion.Old2023, false, false, false)]
    [InlineData(StashVersion.Release28, true, true, false)]
    [InlineData(StashVersion.New2026, true, true, true)]
    public async Task What_a_server_can_do_is_found_by_looking(StashVersion version, bool ends, bool destroys, bool bulk)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var schema = await fixture.Client.SchemaAsync(CancellationToken.None);

        Assert.Equal((ends, destroys, bulk), (schema.HasMarkerEnd, schema.HasDestroyMarkers, schema.HasBulkMarkerUpdate));
        Assert.StartsWith("v0.", schema.Version, StringComparison.Ordinal);
        fixture.Stash.Requests.Clear();
        _ = await fixture.Client.SchemaAsync(CancellationToken.None);
        Assert.Empty(fixture.Stash.Requests.All);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_scene_comes_with_file_tags_and_markers(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var tag = fixture.Stash.Library.AddTag("Kissing").Id;
        var other = fixture.Stash.Library.AddTag("Waving").Id;
        _ = fixture.Stash.Library.TagScene(fixture.Scene, tag);
        var ends = (await fixture.Client.SchemaAsync(CancellationToken.None)).HasMarkerEnd;
        _ = fixture.Stash.Library.AddMarker(fixture.Scene, tag, 10.25, ends ? 12.5 : null, "mine", [other]);
        var scene = await fixture.Client.FindSceneAsync(fixture.SceneId, CancellationToken.None);

        Assert.NotNull(scene);
        Assert.Equal(("A scene", true), (scene.Title, scene.HasTag($"{tag}")));
        var file = Assert.Single(scene.Files);
        Assert.Equal(
            ("/media/A scene.mp4", 5_000_000_000, 120.5, 1920, 1080),
            (file.Path, file.Size, file.Duration, file.Width, file.Height)
        );
        Assert.Equal("0123456789abcdef", file.Fingerprint("oshash"));
        var marker = Assert.Single(scene.SceneMarkers);
        Assert.Equal(("mine", 10.25, $"{tag}"), (marker.Title, marker.Seconds, marker.PrimaryTag.Id));
        Assert.Equal(ends ? 12.5 : null, marker.EndSeconds);
        Assert.Equal("Waving", Assert.Single(marker.Tags).Name);
    }

    [Theory]
    [InlineData("999")]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("01")]
    public async Task A_scene_that_is_not_there_is_null(string id)
    {
        await using var fixture = await StashFixture.OpenAsync(StashVersion.New2026);
        Assert.Null(await fixture.Client.FindSceneAsync(id, CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Scenes_with_a_tag_are_listed_page_by_page_also_when_they_lose_it_meanwhile(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var parent = fixture.Stash.Library.AddTag("VLM").Id;
        var child = fixture.Stash.Library.AddTag("VLM_Tagged", parent).Id;
        var tagged = Enumerable.Range(0, 1050).Select(number => fixture.AddScene($"{number}")).ToList();
        tagged.ForEach(id => fixture.Stash.Library.TagScene(id, parent));
        _ = fixture.Stash.Library.TagScene(fixture.Scene, child);

        var found = new List<int>();
        await foreach (var id in fixture.Client.FindSceneIdsByTagAsync($"{parent}", CancellationToken.None))
        {
            found.Add(int.Parse(id));
            _ = fixture.Stash.Library.UntagScene(found[^1], parent);
        }

        Assert.Equal(tagged, found);
        Assert.Equal(2, fixture.Stash.Requests.Count("findScenes"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Counts_of_tags_take_one_request(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var one = fixture.Stash.Library.AddTag("One").Id;
        _ = fixture.Stash.Library.TagScene(fixture.Scene, one);
        _ = fixture.Stash.Library.AddImage("picture");
        _ = fixture.Stash.Library.TagImage(1, one);
        _ = fixture.Stash.Library.AddGallery("gallery", 1);
        _ = fixture.Stash.Library.TagGallery(1, one);
        fixture.Stash.Requests.Clear();
        var counts = await fixture.Client.CountTagsAsync([$"{one}", "999"], CancellationToken.None);

        Assert.Equal(new StashTagCount($"{one}", 1, 1, 1), Assert.Single(counts));
        _ = Assert.Single(fixture.Stash.Requests.All);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Children_of_a_tag_come_with_their_descriptions_but_not_their_children(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var parent = fixture.Stash.Library.AddTag("Actions").Id;
        _ = fixture.Stash.Library.SetAliases(parent, "Deeds");
        var waving = fixture.Stash.Library.AddTag("Waving", parent).Id;
        _ = fixture.Stash.Library.DescribeTag(waving, "a hand goes to and fro");
        _ = fixture.Stash.Library.AddTag("Dancing", parent);
        _ = fixture.Stash.Library.AddTag("Waltz", fixture.TagId("Dancing"));
        var tags = await fixture.Client.FindChildTagsAsync("deeds", CancellationToken.None);

        Assert.Equal(["Dancing", "Waving"], tags.Select(tag => tag.Name));
        Assert.Equal("a hand goes to and fro", tags[1].Description);
        var e = await Assert.ThrowsAsync<StashException>(() => fixture.Client.FindChildTagsAsync("Nothing", CancellationToken.None));
        Assert.Contains("'Nothing'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Names_are_compared_exactly_although_Stash_compares_loosely(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        _ = fixture.Stash.Library.AddTag("VLMxTagged");
        Assert.Null(await fixture.Client.FindTagAsync("VLM_Tagged", CancellationToken.None));
        Assert.Equal("VLMxTagged", (await fixture.Client.FindTagAsync("vlmXtagged", CancellationToken.None))?.Name);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_tag_of_vr_scenes_and_the_size_of_the_library_are_known(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        Assert.Null((await fixture.Client.FindSceneAndVrTagAsync("1", CancellationToken.None)).VrTag);
        fixture.Stash.Library.SetUi("vrTag", "Virtual");
        fixture.Stash.Requests.Clear();
        var (scene, tag) = await fixture.Client.FindSceneAndVrTagAsync("1", CancellationToken.None);
        Assert.Equal(("1", "Virtual"), (scene?.Id, tag));
        Assert.Single(fixture.Stash.Requests.All);
        Assert.Equal(1, (await fixture.Client.StatisticsAsync(CancellationToken.None)).SceneCount);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_wrong_key_is_named_as_such_and_a_right_one_works_after_a_reload(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var right = fixture.Settings.Current;
        fixture.Settings.Replace(right with { Stash = right.Stash with { ApiKey = "wrong" } });
        var e = await Assert.ThrowsAsync<StashException>(() => fixture.Client.StatisticsAsync(CancellationToken.None));
        Assert.Equal(StashErrorKind.Unauthorized, e.Kind);
        Assert.False(await fixture.Client.AllowsAnonymousAsync(CancellationToken.None));

        fixture.Settings.Replace(right);
        Assert.Equal(1, (await fixture.Client.StatisticsAsync(CancellationToken.None)).SceneCount);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_open_Stash_answers_strangers(StashVersion version)
    {
        await using var stash = await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = version });
        using var at = new StashAt(stash.Address, "");
        Assert.True(await at.Client.AllowsAnonymousAsync(CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_saved_filter_shows_the_same_scenes_as_in_Stash(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var tag = fixture.Stash.Library.AddTag("Beach").Id;
        var beach = Enumerable.Range(0, 3).Select(number => fixture.AddScene($"Beach {number}")).ToList();
        beach.ForEach(id => fixture.Stash.Library.TagScene(id, tag));
        _ = fixture.Stash.Library.AddSavedFilter(
            "SCENES",
            "On the beach",
            $$$"""{"tags":{"modifier":"INCLUDES_ALL","value":{"items":[{"id":"{{{tag}}}","label":"Beach"}],"excluded":[],"depth":0} } }""",
            """{"q":"Beach","page":1,"per_page":1,"sort":"date","direction":"DESC"}"""
        );
        var filter = await fixture.Get<SavedFilters>().FindAsync("on the beach", CancellationToken.None);
        var found = new List<int>();
        await foreach (var id in fixture.Client.FindSceneIdsAsync(filter, CancellationToken.None))
        {
            found.Add(int.Parse(id));
        }

        Assert.Equal(beach, found);
        var e = await Assert.ThrowsAsync<StashException>(() => fixture.Get<SavedFilters>().FindAsync("Nope", CancellationToken.None));
        Assert.Contains("It has: 'On the beach'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Introspects_a_downgraded_server_again()
    {
        await using var newer = await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = StashVersion.New2026 });
        using var at = new StashAt(newer.Address, "");
        Assert.True((await at.Client.SchemaAsync(CancellationToken.None)).HasMarkerEnd);
        var port = new Uri(newer.Address).Port;
        await newer.StopAsync();
        await using var older = await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = StashVersion.Old2023, Port = port });
        var id = older.Library.AddScene("Old").Id;

        Assert.Equal("Old", (await at.Client.FindSceneAsync($"{id}", CancellationToken.None))?.Title);
        Assert.False((await at.Client.SchemaAsync(CancellationToken.None)).HasMarkerEnd);
    }
}

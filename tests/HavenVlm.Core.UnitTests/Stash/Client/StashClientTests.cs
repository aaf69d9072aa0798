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
        await using var house = await StashHouse.OpenAsync(version);
        var schema = await house.Client.SchemaAsync(CancellationToken.None);

        Assert.Equal((ends, destroys, bulk), (schema.HasMarkerEnd, schema.HasDestroyMarkers, schema.HasBulkMarkerUpdate));
        Assert.StartsWith("v0.", schema.Version, StringComparison.Ordinal);
        house.Stash.Requests.Clear();
        _ = await house.Client.SchemaAsync(CancellationToken.None);
        Assert.Empty(house.Stash.Requests.All);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_scene_comes_with_file_tags_and_markers(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        var tag = house.Stash.Library.AddTag("Kissing").Id;
        var other = house.Stash.Library.AddTag("Waving").Id;
        _ = house.Stash.Library.TagScene(house.Scene, tag);
        var ends = (await house.Client.SchemaAsync(CancellationToken.None)).HasMarkerEnd;
        _ = house.Stash.Library.AddMarker(house.Scene, tag, 10.25, ends ? 12.5 : null, "mine", [other]);
        var scene = await house.Client.FindSceneAsync(house.SceneId, CancellationToken.None);

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
        await using var house = await StashHouse.OpenAsync(StashVersion.New2026);
        Assert.Null(await house.Client.FindSceneAsync(id, CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Scenes_with_a_tag_are_listed_page_by_page_also_when_they_lose_it_meanwhile(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        var parent = house.Stash.Library.AddTag("VLM").Id;
        var child = house.Stash.Library.AddTag("VLM_Tagged", parent).Id;
        var tagged = Enumerable.Range(0, 1050).Select(number => house.AddScene($"{number}")).ToList();
        tagged.ForEach(id => house.Stash.Library.TagScene(id, parent));
        _ = house.Stash.Library.TagScene(house.Scene, child);

        var found = new List<int>();
        await foreach (var id in house.Client.FindSceneIdsByTagAsync($"{parent}", CancellationToken.None))
        {
            found.Add(int.Parse(id));
            _ = house.Stash.Library.UntagScene(found[^1], parent);
        }

        Assert.Equal(tagged, found);
        Assert.Equal(2, house.Stash.Requests.Count("findScenes"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Counts_of_tags_take_one_request(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        var one = house.Stash.Library.AddTag("One").Id;
        _ = house.Stash.Library.TagScene(house.Scene, one);
        _ = house.Stash.Library.AddImage("picture");
        _ = house.Stash.Library.TagImage(1, one);
        _ = house.Stash.Library.AddGallery("gallery", 1);
        _ = house.Stash.Library.TagGallery(1, one);
        house.Stash.Requests.Clear();
        var counts = await house.Client.CountTagsAsync([$"{one}", "999"], CancellationToken.None);

        Assert.Equal(new StashTagCount($"{one}", 1, 1, 1), Assert.Single(counts));
        _ = Assert.Single(house.Stash.Requests.All);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Children_of_a_tag_come_with_their_descriptions_but_not_their_children(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        var parent = house.Stash.Library.AddTag("Actions").Id;
        _ = house.Stash.Library.SetAliases(parent, "Deeds");
        var waving = house.Stash.Library.AddTag("Waving", parent).Id;
        _ = house.Stash.Library.DescribeTag(waving, "a hand goes to and fro");
        _ = house.Stash.Library.AddTag("Dancing", parent);
        _ = house.Stash.Library.AddTag("Waltz", house.TagId("Dancing"));
        var tags = await house.Client.FindChildTagsAsync("deeds", CancellationToken.None);

        Assert.Equal(["Dancing", "Waving"], tags.Select(tag => tag.Name));
        Assert.Equal("a hand goes to and fro", tags[1].Description);
        var e = await Assert.ThrowsAsync<StashException>(() => house.Client.FindChildTagsAsync("Nothing", CancellationToken.None));
        Assert.Contains("'Nothing'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Names_are_compared_exactly_although_Stash_compares_loosely(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        _ = house.Stash.Library.AddTag("VLMxTagged");
        Assert.Null(await house.Client.FindTagAsync("VLM_Tagged", CancellationToken.None));
        Assert.Equal("VLMxTagged", (await house.Client.FindTagAsync("vlmXtagged", CancellationToken.None))?.Name);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_tag_of_vr_scenes_and_the_size_of_the_library_are_known(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        Assert.Null((await house.Client.FindSceneAndVrTagAsync("1", CancellationToken.None)).VrTag);
        house.Stash.Library.SetUi("vrTag", "Virtual");
        house.Stash.Requests.Clear();
        var (scene, tag) = await house.Client.FindSceneAndVrTagAsync("1", CancellationToken.None);
        Assert.Equal(("1", "Virtual"), (scene?.Id, tag));
        Assert.Single(house.Stash.Requests.All);
        Assert.Equal(1, (await house.Client.StatisticsAsync(CancellationToken.None)).SceneCount);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_wrong_key_is_named_as_such_and_a_right_one_works_after_a_reload(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        var right = house.Settings.Current;
        house.Settings.Replace(right with { Stash = right.Stash with { ApiKey = "wrong" } });
        var e = await Assert.ThrowsAsync<StashException>(() => house.Client.StatisticsAsync(CancellationToken.None));
        Assert.Equal(StashErrorKind.Unauthorized, e.Kind);
        Assert.False(await house.Client.AnswersStrangersAsync(CancellationToken.None));

        house.Settings.Replace(right);
        Assert.Equal(1, (await house.Client.StatisticsAsync(CancellationToken.None)).SceneCount);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_open_Stash_answers_strangers(StashVersion version)
    {
        await using var stash = await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = version });
        using var at = new StashAt(stash.Address, "");
        Assert.True(await at.Client.AnswersStrangersAsync(CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_saved_filter_shows_the_same_scenes_as_in_Stash(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        var tag = house.Stash.Library.AddTag("Beach").Id;
        var beach = Enumerable.Range(0, 3).Select(number => house.AddScene($"Beach {number}")).ToList();
        beach.ForEach(id => house.Stash.Library.TagScene(id, tag));
        _ = house.Stash.Library.AddSavedFilter(
            "SCENES",
            "On the beach",
            $$$"""{"tags":{"modifier":"INCLUDES_ALL","value":{"items":[{"id":"{{{tag}}}","label":"Beach"}],"excluded":[],"depth":0} } }""",
            """{"q":"Beach","page":1,"per_page":1,"sort":"date","direction":"DESC"}"""
        );
        var filter = await house.Get<SavedFilters>().FindAsync("on the beach", CancellationToken.None);
        var found = new List<int>();
        await foreach (var id in house.Client.FindSceneIdsAsync(filter, CancellationToken.None))
        {
            found.Add(int.Parse(id));
        }

        Assert.Equal(beach, found);
        var e = await Assert.ThrowsAsync<StashException>(() => house.Get<SavedFilters>().FindAsync("Nope", CancellationToken.None));
        Assert.Contains("It has: 'On the beach'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_was_exchanged_for_an_older_one_is_looked_at_again()
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

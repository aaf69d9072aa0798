using HavenVlm.Simulation.Stash;

namespace HavenVlm.Core.UnitTests.Simulators.Stash;

public sealed class TagTests
{
    private const string Create = "mutation($i: TagCreateInput!) { tagCreate(input: $i) { id name parents { id } } }";
    private const string Find = "query($t: TagFilterType) { findTags(filter: {per_page: -1}, tag_filter: $t) { count tags { id name } } }";

    public static TheoryData<StashVersion> Both => [StashVersion.Old2023, StashVersion.New2026];

    [Theory, MemberData(nameof(Both))]
    public async Task A_tag_is_created_under_its_parent(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var parent = stash.Library.AddTag("VLM").Id.ToString();
        var reply = await stash.DataAsync(
            Create,
            new
            {
                i = new
                {
                    name = "X",
                    parent_ids = new[] { parent },
                    ignore_auto_tag = true,
                },
            }
        );
        Assert.Equal("""{"tagCreate":{"id":"2","name":"X","parents":[{"id":"1"}]}}""", reply.ToJsonString());
        Assert.True(stash.Library.FindTag("X")!.IgnoreAutoTag);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Equals_is_like_so_case_and_wildcards_match(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        stash.Library.AddTag("VLMxTagged");
        var reply = await stash.DataAsync(Find, new { t = new { name = new { value = "vlm_tagged", modifier = "EQUALS" } } });
        Assert.Equal("VLMxTagged", reply["findTags"]!["tags"]![0]!["name"]!.GetValue<string>());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Names_are_unique_ignoring_case_and_wildcards_count_there_too(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        stash.Library.AddTag("Hugging");
        stash.Library.AddTag("VLMxTagged");
        Assert.Equal("tag with name 'hugging' already exists", await stash.RefusalAsync(Create, new { i = new { name = "hugging" } }));
        Assert.Equal(
            "tag with name 'VLM_Tagged' already exists",
            await stash.RefusalAsync(Create, new { i = new { name = "VLM_Tagged" } })
        );
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_name_that_is_only_an_alias_is_not_found_by_name_and_cannot_be_created(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var tag = stash.Library.AddTag("Smooch");
        stash.Library.SetAliases(tag.Id, "Snog");
        Assert.Equal(
            0,
            (await stash.DataAsync(Find, new { t = new { name = new { value = "snog", modifier = "EQUALS" } } }))["findTags"]![
                "count"
            ]!.GetValue<int>()
        );
        Assert.Equal(
            1,
            (await stash.DataAsync(Find, new { t = new { aliases = new { value = "snog", modifier = "EQUALS" } } }))["findTags"]![
                "count"
            ]!.GetValue<int>()
        );
        Assert.Equal("name 'snog' is used as alias for 'Smooch'", await stash.RefusalAsync(Create, new { i = new { name = "snog" } }));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Of_parallel_creations_of_one_name_exactly_one_wins(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => stash.SendAsync(Create, new { i = new { name = "Dancing" } }))
        );
        Assert.Single(replies, reply => reply.Reply["errors"] is null);
        Assert.Single(stash.Library.Tags);
    }

    [Fact]
    public async Task Old_servers_accept_an_empty_name_and_new_ones_trim_and_refuse()
    {
        await using var old = await StashClientFixture.StartAsync(StashVersion.Old2023);
        await old.DataAsync(Create, new { i = new { name = "" } });
        await using var recent = await StashClientFixture.StartAsync(StashVersion.New2026);
        Assert.Equal("tag name must not be blank", await recent.RefusalAsync(Create, new { i = new { name = "  " } }));
        await recent.DataAsync(Create, new { i = new { name = "  Waving " } });
        Assert.NotNull(recent.Library.FindTag("Waving"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Children_are_found_by_parent_and_depth(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var top = stash.Library.AddTag("VLM").Id;
        var child = stash.Library.AddTag("Kissing", top).Id;
        stash.Library.AddTag("Long kissing", child);
        Assert.Equal(1, await CountAsync(0));
        Assert.Equal(2, await CountAsync(1));
        Assert.Equal(2, await CountAsync(-1));

        async Task<int> CountAsync(int depth) =>
            (
                await stash.DataAsync(
                    Find,
                    new
                    {
                        t = new
                        {
                            parents = new
                            {
                                value = new[] { top.ToString() },
                                modifier = "INCLUDES",
                                depth,
                            },
                        },
                    }
                )
            )["findTags"]!["count"]!.GetValue<int>();
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_primary_tag_cannot_be_deleted(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var tag = stash.Library.AddTag("Kissing").Id;
        var marker = stash.Library.AddMarker(stash.AddScene(), tag, 1);
        var destroy = $"mutation {{ tagDestroy(input: {{id: {tag}}}) }}";
        Assert.Equal("cannot delete tag used as a primary tag in scene markers", await stash.RefusalAsync(destroy));
        stash.Library.DeleteMarker(marker.Id);
        await stash.DataAsync(destroy);
        Assert.Equal($"id {tag} does not exist in tags", await stash.RefusalAsync(destroy));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Merging_moves_everything_over_makes_aliases_and_touches_no_times(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var (scene, other) = (stash.AddScene(), stash.Library.AddTag("Machine").Id);
        var vlm = stash.Library.AddTag("VLM").Id;
        var child = stash.Library.AddTag("Kissing", vlm).Id;
        stash.Library.TagScene(scene, vlm);
        var marker = stash.Library.AddMarker(scene, child, 1, tagIds: [vlm]);
        var merged = await stash.DataAsync(
            "mutation($i: TagsMergeInput!) { tagsMerge(input: $i) { name aliases children { name } } }",
            new { i = new { source = new[] { vlm.ToString() }, destination = other.ToString() } }
        );
        Assert.Equal("""{"tagsMerge":{"name":"Machine","aliases":["VLM"],"children":[{"name":"Kissing"}]}}""", merged.ToJsonString());
        Assert.Equal([other], stash.Library.Scenes[scene].TagIds);
        Assert.Equal(marker.UpdatedAt, stash.Library.Markers[marker.Id].UpdatedAt);
        Assert.Equal(child, stash.Library.Markers[marker.Id].PrimaryTagId);
        Assert.Equal([other], stash.Library.Markers[marker.Id].TagIds);
        Assert.Null(stash.Library.FindTag("VLM"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_tag_cannot_be_its_own_parent(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var top = stash.Library.AddTag("VLM").Id;
        var child = stash.Library.AddTag("Kissing", top).Id;
        var message = await stash.RefusalAsync($"mutation {{ tagUpdate(input: {{id: {top}, parent_ids: [{child}]}}) {{ id }} }}");
        Assert.StartsWith(
            "cannot apply tag \"Kissing\" as a parent of \"VLM\" as it is already a descendant",
            message,
            StringComparison.Ordinal
        );
    }
}

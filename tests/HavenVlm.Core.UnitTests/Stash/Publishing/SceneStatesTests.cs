using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Stash.Publishing;

public sealed class SceneStatesTests
{
    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.New2026];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_failed_scene_is_marked_and_no_longer_asked_for(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        _ = await house.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        var library = house.Stash.Library;
        _ = library.TagScene(house.Scene, house.TagId("VLM_TagMe"), house.TagId("VLM_UpdateMe"), library.AddTag("Beach").Id);

        Assert.True(await house.Get<SceneStates>().MarkErroredAsync(house.SceneId, CancellationToken.None));
        Assert.Equal(["Beach", "VLM_Errored"], library.TagNamesOf(house.Scene));
        house.Stash.Requests.Clear();
        Assert.True(await house.Get<SceneStates>().MarkErroredAsync(house.SceneId, CancellationToken.None));
        Assert.Empty(house.Stash.Requests.Mutations);
        Assert.False(await house.Get<SceneStates>().MarkErroredAsync("999", CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Request_tags_are_taken_off_and_nothing_else(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        _ = await house.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        _ = house.Stash.Library.TagScene(house.Scene, house.TagId("VLM_TagMe"), house.TagId("VLM_Tagged"));

        Assert.True(await house.Get<SceneStates>().RemoveRequestTagAsync(house.SceneId, CancellationToken.None));
        Assert.Equal(["VLM_Tagged"], house.Stash.Library.TagNamesOf(house.Scene));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_family_that_was_deleted_meanwhile_is_made_again(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        _ = await house.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        house.Stash.Library.DeleteTag(house.TagId("VLM_Errored"));

        Assert.True(await house.Get<SceneStates>().MarkErroredAsync(house.SceneId, CancellationToken.None));
        Assert.Equal(["VLM_Errored"], house.Stash.Library.TagNamesOf(house.Scene));
    }
}

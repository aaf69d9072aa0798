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
    public async Task Marks_a_failed_scene_and_removes_its_request_tag(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        _ = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        var library = fixture.Stash.Library;
        _ = library.TagScene(fixture.Scene, fixture.TagId("VLM_TagMe"), fixture.TagId("VLM_UpdateMe"), library.AddTag("Beach").Id);

        Assert.True(await fixture.Get<SceneStates>().MarkErroredAsync(fixture.SceneId, CancellationToken.None));
        Assert.Equal(["Beach", "VLM_Errored"], library.TagNamesOf(fixture.Scene));
        fixture.Stash.Requests.Clear();
        Assert.True(await fixture.Get<SceneStates>().MarkErroredAsync(fixture.SceneId, CancellationToken.None));
        Assert.Empty(fixture.Stash.Requests.Mutations);
        Assert.False(await fixture.Get<SceneStates>().MarkErroredAsync("999", CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Request_tags_are_taken_off_and_nothing_else(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        _ = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        _ = fixture.Stash.Library.TagScene(fixture.Scene, fixture.TagId("VLM_TagMe"), fixture.TagId("VLM_Tagged"));

        Assert.True(await fixture.Get<SceneStates>().RemoveRequestTagAsync(fixture.SceneId, CancellationToken.None));
        Assert.Equal(["VLM_Tagged"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_family_that_was_deleted_meanwhile_is_made_again(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        _ = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        fixture.Stash.Library.DeleteTag(fixture.TagId("VLM_Errored"));

        Assert.True(await fixture.Get<SceneStates>().MarkErroredAsync(fixture.SceneId, CancellationToken.None));
        Assert.Equal(["VLM_Errored"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
    }
}

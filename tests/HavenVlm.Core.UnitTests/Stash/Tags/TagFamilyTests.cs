using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.UnitTests.Stash.Tags;

public sealed class TagFamilyTests
{
    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.New2026];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_family_is_made_under_its_base_and_kept_from_auto_tagging(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var family = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);

        var tags = fixture.Stash.Library.Tags;
        Assert.Equal(7, tags.Count);
        Assert.All(tags.Values, tag => Assert.True(tag.IgnoreAutoTag));
        Assert.Equal("VLM", tags[int.Parse(family.Base)].Name);
        Assert.All(tags.Values.Where(tag => tag.Name != "VLM"), tag => Assert.Equal([int.Parse(family.Base)], tag.ParentIds));
        Assert.Equal("VLM_Incorrect", tags[int.Parse(family.Incorrect)].Name);
        fixture.Stash.Requests.Clear();
        _ = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        Assert.Empty(fixture.Stash.Requests.All);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Sixteen_processes_at_once_make_one_family(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var processes = Enumerable.Range(0, 16).Select(_ => fixture.NewProcess()).ToList();
        var families = await Task.WhenAll(
            processes.Select(process => process.GetRequiredService<TagFamily>().EnsureAsync(CancellationToken.None))
        );

        Assert.Equal(7, fixture.Stash.Library.Tags.Count);
        Assert.All(families, family => Assert.Equal(families[0].All, family.All));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Tags_that_the_user_has_are_used_as_they_are(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var elsewhere = fixture.Stash.Library.AddTag("My tags").Id;
        var own = fixture.Stash.Library.AddTag("vlm_tagged", elsewhere);
        var merged = fixture.Stash.Library.AddTag("Wrong");
        _ = fixture.Stash.Library.SetAliases(merged.Id, "VLM_Incorrect");
        var family = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);

        Assert.Equal(($"{own.Id}", $"{merged.Id}"), (family.Tagged, family.Incorrect));
        Assert.Equal(own, fixture.Stash.Library.Tags[own.Id]);
        Assert.Equal("Wrong", fixture.Stash.Library.Tags[merged.Id].Name);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_renamed_tag_keeps_its_meaning_also_for_the_next_process(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var before = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        _ = fixture.Stash.Library.RenameTag(int.Parse(before.TagMe), "Look at this");
        using var next = fixture.NewProcess();
        var after = await next.GetRequiredService<TagFamily>().EnsureAsync(CancellationToken.None);

        Assert.Equal(before.All, after.All);
        Assert.Null(fixture.Stash.Library.FindTag("VLM_TagMe"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_merged_tag_lives_on_in_the_other_and_a_deleted_one_is_made_again(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var before = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        var done = fixture.Stash.Library.AddTag("Done").Id;
        _ = fixture.Stash.Library.MergeTags(done, int.Parse(before.Tagged));
        fixture.Stash.Library.DeleteTag(int.Parse(before.Errored));
        fixture.Get<TagFamily>().Forget();
        var after = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);

        Assert.Equal($"{done}", after.Tagged);
        Assert.NotEqual(before.Errored, after.Errored);
        Assert.Equal("VLM_Errored", fixture.Stash.Library.Tags[int.Parse(after.Errored)].Name);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Explains_a_name_that_Stash_cannot_distinguish(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        _ = fixture.Stash.Library.AddTag("VLM-Tagged");
        var e = await Assert.ThrowsAsync<StashException>(() => fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None));

        Assert.Contains("'VLM_Tagged' because it takes 'VLM-Tagged' for the same name", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Two_names_that_became_one_tag_are_explained(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var family = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        _ = fixture.Stash.Library.MergeTags(int.Parse(family.Tagged), int.Parse(family.TagMe));
        fixture.Get<TagFamily>().Forget();
        var e = await Assert.ThrowsAsync<StashException>(() => fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None));

        Assert.Contains("'VLM_TagMe' and 'VLM_Tagged' are the same tag", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Another_Stash_with_other_tags_under_the_same_ids_is_noticed(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var before = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        var later = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(1));
        await using var other = await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = version, Time = later });
        foreach (var number in Enumerable.Range(1, 9))
        {
            _ = other.Library.AddTag($"Mine {number}");
        }

        fixture.Settings.Replace(fixture.Settings.Current with { Stash = new() { Url = other.Address } });
        var after = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);

        Assert.Empty(before.All.Intersect(after.All));
        Assert.Equal("VLM_TagMe", other.Library.Tags[int.Parse(after.TagMe)].Name);
    }

    [Fact]
    public async Task A_preview_makes_nothing()
    {
        await using var fixture = await StashFixture.OpenAsync(StashVersion.New2026);
        var own = fixture.Stash.Library.AddTag("VLM").Id;
        var family = await fixture.Get<TagFamily>().PreviewAsync(CancellationToken.None);

        Assert.Equal($"{own}", family.Base);
        Assert.Equal("new:VLM_TagMe", family.TagMe);
        Assert.Empty(fixture.Stash.Requests.Mutations);
    }
}

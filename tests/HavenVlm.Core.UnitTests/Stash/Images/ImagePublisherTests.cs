using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using LibraryImage = HavenVlm.Simulation.Stash.State.StashImage;

namespace HavenVlm.Core.UnitTests.Stash.Images;

/// <summary>Writing to images touches only what is ours, with few requests.</summary>
public sealed class ImagePublisherTests
{
    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.Release28, StashVersion.New2026];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Images_get_their_tags_and_states_and_the_same_again_writes_nothing(StashVersion version)
    {
        await using var fixture = await ImageFixture.OpenAsync(version);
        var (one, two, three) = (fixture.Images[0], fixture.Images[1], fixture.Images[2]);
        _ = fixture.Stash.Library.TagImage(one, fixture.Tag("VLM_TagMe"), fixture.Tag("Holiday"), fixture.Tag("VLM_Errored"));
        _ = fixture.Stash.Library.TagImage(three, fixture.Tag("VLM_UpdateMe"));
        (int, string)[] wanted = [(one, "Kissing,Waving"), (two, "Waving"), (three, "!it is broken")];

        var result = await fixture.PublishAsync(wanted);

        Assert.Equal([ImageOutcome.Published, ImageOutcome.Published, ImageOutcome.Failed], result.Images.Select(image => image.Outcome));
        Assert.Equal("Holiday,Kissing,VLM_Tagged,Waving", fixture.TagsOf(one));
        Assert.Equal("VLM_Tagged,Waving", fixture.TagsOf(two));
        Assert.Equal("VLM_Errored", fixture.TagsOf(three));
        Assert.Equal("it is broken", result.Images[2].Failure);
        Assert.Contains(fixture.Tag("VLM"), fixture.Stash.Library.FindTag("Waving")!.ParentIds);

        var before = fixture.Stash.Library.Snapshot(withTimes: true);
        fixture.Stash.Requests.Clear();
        var again = await fixture.PublishAsync(wanted);
        Assert.All(again.Images, image => Assert.Empty(image.Changes));
        Assert.Equal(0, fixture.Stash.Requests.MutationCount);
        Assert.Equal(before, fixture.Stash.Library.Snapshot(withTimes: true));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_no_longer_holds_is_taken_off_unless_it_is_the_users(StashVersion version)
    {
        await using var fixture = await ImageFixture.OpenAsync(version);
        var image = fixture.Images[0];
        _ = fixture.Stash.Library.TagImage(image, fixture.Tag("Kissing"));
        _ = await fixture.PublishAsync((image, "Kissing,Waving"));

        _ = await fixture.PublishAsync((image, "Dancing"));

        Assert.Equal("Dancing,Kissing,VLM_Tagged", fixture.TagsOf(image));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tag_that_the_user_took_off_stays_off_until_it_is_reset(StashVersion version)
    {
        await using var fixture = await ImageFixture.OpenAsync(version);
        var image = fixture.Images[0];
        _ = await fixture.PublishAsync((image, "Kissing,Waving"));
        _ = fixture.Stash.Library.UntagImage(image, fixture.Tag("Kissing"));

        var result = await fixture.PublishAsync((image, "Kissing,Waving"));
        Assert.Equal("VLM_Tagged,Waving", fixture.TagsOf(image));
        Assert.Equal(1, result.Images[0].Skipped);
        _ = await fixture.PublishAsync((image, ""));
        _ = await fixture.PublishAsync((image, "Kissing"));
        Assert.Equal("VLM_Tagged", fixture.TagsOf(image));
        _ = await fixture.PublishAsync(request => request with { Reset = true }, (image, "Kissing"));
        Assert.Equal("Kissing,VLM_Tagged", fixture.TagsOf(image));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_image_that_goes_away_in_between_does_not_fail_the_others(StashVersion version)
    {
        await using var fixture = await ImageFixture.OpenAsync(version);
        _ = await fixture.PublishAsync((fixture.Images[0], "Waving"));
        fixture.Stash.AtMutation(
            1,
            MutationMoment.Before,
            _ =>
            {
                fixture.Stash.Library.DeleteImage(fixture.Images[1]);
                return Task.CompletedTask;
            }
        );

        var result = await fixture.PublishAsync(
            (fixture.Images[0], "Kissing"),
            (fixture.Images[1], "Kissing"),
            (fixture.Images[2], "Kissing")
        );

        Assert.Equal([ImageOutcome.Published, ImageOutcome.Gone, ImageOutcome.Published], result.Images.Select(image => image.Outcome));
        Assert.Equal("Kissing,VLM_Tagged", fixture.TagsOf(fixture.Images[0]));
        Assert.Equal("Kissing,VLM_Tagged", fixture.TagsOf(fixture.Images[2]));
    }

    [Fact]
    public async Task Many_images_take_two_reads_and_one_write()
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026, 50);
        _ = await fixture.PublishAsync((fixture.Images[0], "Kissing,Waving"));
        fixture.Stash.Requests.Clear();

        _ = await fixture.PublishAsync([.. fixture.Images.Select((image, i) => (image, i % 2 == 0 ? "Kissing" : "Waving"))]);

        Assert.Equal(3, fixture.Stash.Requests.All.Count);
    }

    [Fact]
    public async Task Work_that_was_called_off_writes_nothing()
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026);
        var result = await fixture.PublishAsync(
            request => request with { StillWanted = _ => Task.FromResult(false) },
            (fixture.Images[0], "Kissing")
        );
        Assert.True(result.CalledOff);
        Assert.Equal("", fixture.TagsOf(fixture.Images[0]));
    }

    [Fact]
    public async Task A_dry_run_lists_the_changes_and_makes_no_tag()
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026);
        var before = fixture.Stash.Library.Snapshot(withTimes: true);
        var result = await fixture.PublishAsync(request => request with { DryRun = true }, (fixture.Images[0], "Kissing"));
        Assert.Equal(
            [(PublicationChangeKind.SceneTagAdded, "Kissing"), (PublicationChangeKind.StateTagAdded, "VLM_Tagged")],
            result.Images[0].Changes.Select(change => (change.Kind, change.Tag))
        );
        Assert.Equal(before, fixture.Stash.Library.Snapshot(withTimes: true));
    }

    [Fact]
    public async Task An_image_that_waits_to_be_collected_keeps_its_tags()
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026);
        var image = fixture.Images[0];
        _ = await fixture.PublishAsync((image, "Kissing"));
        _ = fixture.Stash.Library.TagImage(image, fixture.Tag("VLM_Incorrect"), fixture.Tag("VLM_TagMe"));
        _ = await fixture.PublishAsync((image, "Waving"));
        Assert.Equal("Kissing,VLM_Incorrect,VLM_Tagged", fixture.TagsOf(image));
    }

    [Fact]
    public async Task A_name_of_the_tag_family_is_never_put_on_as_a_tag()
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026);
        var result = await fixture.PublishAsync((fixture.Images[0], "VLM_TagMe,Kissing"));
        Assert.Equal("Kissing,VLM_Tagged", fixture.TagsOf(fixture.Images[0]));
        Assert.Equal(1, result.Images[0].Skipped);
    }

    [Fact]
    public async Task The_record_of_another_Stashs_image_says_nothing_about_this_one()
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026);
        var image = fixture.Images[0];
        _ = await fixture.PublishAsync((image, "Kissing"));
        _ = fixture.Stash.Library.RescanImage(
            image,
            before => new LibraryImage(before.Id, before.CreatedAt.AddDays(1), before.UpdatedAt)
            {
                Files = before.Files,
                TagIds = before.TagIds,
            }
        );

        _ = await fixture.PublishAsync((image, "Waving"));

        Assert.Equal("Kissing,VLM_Tagged,Waving", fixture.TagsOf(image));
        Assert.Single(await fixture.Fixture.Artifacts.ListAsync("former-publications/", CancellationToken.None).ToListAsync());
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("{\"version\":1,\"images\":{\"1\":null}}")]
    public async Task What_a_damaged_record_listed_counts_as_the_users_and_is_reported(string content)
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026);
        _ = await fixture.PublishAsync((fixture.Images[0], "Kissing"));
        var name = ImageRecordStore.ShardOf($"{fixture.Images[0]}");
        var version = (await fixture.Fixture.Artifacts.ReadAsync(name, CancellationToken.None))!.Version;
        _ = await fixture.Fixture.Artifacts.ReplaceAsync(
            name,
            System.Text.Encoding.UTF8.GetBytes(content),
            version,
            CancellationToken.None
        );

        _ = await fixture.PublishAsync((fixture.Images[0], ""));

        var report = Assert.Single(fixture.Fixture.Damage.Latest);
        Assert.Equal(name, report.Name);
        Assert.Contains("count as yours", report.Message, StringComparison.Ordinal);
        Assert.NotNull(await fixture.Fixture.Artifacts.ReadAsync(name + ".damaged", CancellationToken.None));
        Assert.Empty(await fixture.Fixture.Get<ImageUndo>().ListAsync(CancellationToken.None).Where(id => id.Length == 0).ToListAsync());
        Assert.Equal("Kissing,VLM_Tagged", fixture.TagsOf(fixture.Images[0]));
    }
}

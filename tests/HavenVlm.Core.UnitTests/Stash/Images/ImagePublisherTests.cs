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
        await using var house = await ImageHouse.OpenAsync(version);
        var (one, two, three) = (house.Images[0], house.Images[1], house.Images[2]);
        _ = house.Stash.Library.TagImage(one, house.Tag("VLM_TagMe"), house.Tag("Holiday"), house.Tag("VLM_Errored"));
        _ = house.Stash.Library.TagImage(three, house.Tag("VLM_UpdateMe"));
        (int, string)[] wanted = [(one, "Kissing,Waving"), (two, "Waving"), (three, "!it is broken")];

        var result = await house.PublishAsync(wanted);

        Assert.Equal([ImageOutcome.Published, ImageOutcome.Published, ImageOutcome.Failed], result.Images.Select(image => image.Outcome));
        Assert.Equal("Holiday,Kissing,VLM_Tagged,Waving", house.TagsOf(one));
        Assert.Equal("VLM_Tagged,Waving", house.TagsOf(two));
        Assert.Equal("VLM_Errored", house.TagsOf(three));
        Assert.Equal("it is broken", result.Images[2].Failure);
        Assert.Contains(house.Tag("VLM"), house.Stash.Library.FindTag("Waving")!.ParentIds);

        var before = house.Stash.Library.Snapshot(withTimes: true);
        house.Stash.Requests.Clear();
        var again = await house.PublishAsync(wanted);
        Assert.All(again.Images, image => Assert.Empty(image.Changes));
        Assert.Equal(0, house.Stash.Requests.MutationCount);
        Assert.Equal(before, house.Stash.Library.Snapshot(withTimes: true));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_no_longer_holds_is_taken_off_unless_it_is_the_users(StashVersion version)
    {
        await using var house = await ImageHouse.OpenAsync(version);
        var image = house.Images[0];
        _ = house.Stash.Library.TagImage(image, house.Tag("Kissing"));
        _ = await house.PublishAsync((image, "Kissing,Waving"));

        _ = await house.PublishAsync((image, "Dancing"));

        Assert.Equal("Dancing,Kissing,VLM_Tagged", house.TagsOf(image));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tag_that_the_user_took_off_stays_off_until_it_is_reset(StashVersion version)
    {
        await using var house = await ImageHouse.OpenAsync(version);
        var image = house.Images[0];
        _ = await house.PublishAsync((image, "Kissing,Waving"));
        _ = house.Stash.Library.UntagImage(image, house.Tag("Kissing"));

        var result = await house.PublishAsync((image, "Kissing,Waving"));
        Assert.Equal("VLM_Tagged,Waving", house.TagsOf(image));
        Assert.Equal(1, result.Images[0].Skipped);
        _ = await house.PublishAsync((image, ""));
        _ = await house.PublishAsync((image, "Kissing"));
        Assert.Equal("VLM_Tagged", house.TagsOf(image));
        _ = await house.PublishAsync(request => request with { Reset = true }, (image, "Kissing"));
        Assert.Equal("Kissing,VLM_Tagged", house.TagsOf(image));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_image_that_goes_away_in_between_does_not_fail_the_others(StashVersion version)
    {
        await using var house = await ImageHouse.OpenAsync(version);
        _ = await house.PublishAsync((house.Images[0], "Waving"));
        house.Stash.AtMutation(
            1,
            MutationMoment.Before,
            _ =>
            {
                house.Stash.Library.DeleteImage(house.Images[1]);
                return Task.CompletedTask;
            }
        );

        var result = await house.PublishAsync((house.Images[0], "Kissing"), (house.Images[1], "Kissing"), (house.Images[2], "Kissing"));

        Assert.Equal([ImageOutcome.Published, ImageOutcome.Gone, ImageOutcome.Published], result.Images.Select(image => image.Outcome));
        Assert.Equal("Kissing,VLM_Tagged", house.TagsOf(house.Images[0]));
        Assert.Equal("Kissing,VLM_Tagged", house.TagsOf(house.Images[2]));
    }

    [Fact]
    public async Task Many_images_take_two_reads_and_two_writes()
    {
        await using var house = await ImageHouse.OpenAsync(StashVersion.New2026, 50);
        _ = await house.PublishAsync((house.Images[0], "Kissing,Waving"));
        house.Stash.Requests.Clear();

        _ = await house.PublishAsync([.. house.Images.Select((image, i) => (image, i % 2 == 0 ? "Kissing" : "Waving"))]);

        Assert.Equal(4, house.Stash.Requests.All.Count);
    }

    [Fact]
    public async Task Work_that_was_called_off_writes_nothing()
    {
        await using var house = await ImageHouse.OpenAsync(StashVersion.New2026);
        var result = await house.PublishAsync(
            request => request with { StillWanted = _ => Task.FromResult(false) },
            (house.Images[0], "Kissing")
        );
        Assert.True(result.CalledOff);
        Assert.Equal("", house.TagsOf(house.Images[0]));
    }

    [Fact]
    public async Task A_dry_run_lists_the_changes_and_makes_no_tag()
    {
        await using var house = await ImageHouse.OpenAsync(StashVersion.New2026);
        var before = house.Stash.Library.Snapshot(withTimes: true);
        var result = await house.PublishAsync(request => request with { DryRun = true }, (house.Images[0], "Kissing"));
        Assert.Equal(
            [(PublicationChangeKind.SceneTagAdded, "Kissing"), (PublicationChangeKind.StateTagAdded, "VLM_Tagged")],
            result.Images[0].Changes.Select(change => (change.Kind, change.Tag))
        );
        Assert.Equal(before, house.Stash.Library.Snapshot(withTimes: true));
    }

    [Fact]
    public async Task An_image_that_waits_to_be_collected_keeps_its_tags()
    {
        await using var house = await ImageHouse.OpenAsync(StashVersion.New2026);
        var image = house.Images[0];
        _ = await house.PublishAsync((image, "Kissing"));
        _ = house.Stash.Library.TagImage(image, house.Tag("VLM_Incorrect"), house.Tag("VLM_TagMe"));
        _ = await house.PublishAsync((image, "Waving"));
        Assert.Equal("Kissing,VLM_Incorrect,VLM_Tagged", house.TagsOf(image));
    }

    [Fact]
    public async Task A_name_of_the_tag_family_is_never_put_on_as_a_tag()
    {
        await using var house = await ImageHouse.OpenAsync(StashVersion.New2026);
        var result = await house.PublishAsync((house.Images[0], "VLM_TagMe,Kissing"));
        Assert.Equal("Kissing,VLM_Tagged", house.TagsOf(house.Images[0]));
        Assert.Equal(1, result.Images[0].Skipped);
    }

    [Fact]
    public async Task The_record_of_another_Stashs_image_says_nothing_about_this_one()
    {
        await using var house = await ImageHouse.OpenAsync(StashVersion.New2026);
        var image = house.Images[0];
        _ = await house.PublishAsync((image, "Kissing"));
        _ = house.Stash.Library.RescanImage(
            image,
            before => new LibraryImage(before.Id, before.CreatedAt.AddDays(1), before.UpdatedAt)
            {
                Files = before.Files,
                TagIds = before.TagIds,
            }
        );

        _ = await house.PublishAsync((image, "Waving"));

        Assert.Equal("Kissing,VLM_Tagged,Waving", house.TagsOf(image));
        Assert.Single(await house.House.Artifacts.ListAsync("former-publications/", CancellationToken.None).ToListAsync());
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("{\"version\":1,\"images\":{\"1\":null}}")]
    public async Task What_a_damaged_record_listed_counts_as_the_users_and_is_reported(string content)
    {
        await using var house = await ImageHouse.OpenAsync(StashVersion.New2026);
        _ = await house.PublishAsync((house.Images[0], "Kissing"));
        var name = ImageRecordStore.ShardOf($"{house.Images[0]}");
        var version = (await house.House.Artifacts.ReadAsync(name, CancellationToken.None))!.Version;
        _ = await house.House.Artifacts.ReplaceAsync(name, System.Text.Encoding.UTF8.GetBytes(content), version, CancellationToken.None);

        _ = await house.PublishAsync((house.Images[0], ""));

        var report = Assert.Single(house.House.Damage.Latest);
        Assert.Equal(name, report.Name);
        Assert.Contains("count as yours", report.Message, StringComparison.Ordinal);
        Assert.NotNull(await house.House.Artifacts.ReadAsync(name + ".damaged", CancellationToken.None));
        Assert.Empty(await house.House.Get<ImageUndo>().ListAsync(CancellationToken.None).Where(id => id.Length == 0).ToListAsync());
        Assert.Equal("Kissing,VLM_Tagged", house.TagsOf(house.Images[0]));
    }
}

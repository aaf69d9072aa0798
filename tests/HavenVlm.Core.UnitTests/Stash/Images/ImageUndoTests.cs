using HavenVlm.Core.Stash.Images;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using LibraryImage = HavenVlm.Simulation.Stash.State.StashImage;

namespace HavenVlm.Core.UnitTests.Stash.Images;

/// <summary>Undoing takes off what is ours and nothing else.</summary>
public sealed class ImageUndoTests
{
    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task Images_are_left_as_they_were_before_the_first_run(StashVersion version)
    {
        await using var house = await ImageHouse.OpenAsync(version);
        var (one, two, three) = (house.Images[0], house.Images[1], house.Images[2]);
        _ = house.Stash.Library.TagImage(one, house.Tag("Holiday"), house.Tag("Waving"));
        // From another program, or by hand.
        _ = house.Stash.Library.TagImage(two, house.Tag("VLM_Tagged"));
        _ = await house.PublishAsync((one, "Kissing,Waving"), (two, "Kissing"), (three, "!broken"));
        var ids = await house.House.Get<ImageUndo>().ListAsync(CancellationToken.None).ToListAsync();
        Assert.Equal(house.Images.Select(id => $"{id}").Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
        var before = house.Stash.Library.Snapshot(withTimes: true);

        var planned = await house.UndoAsync(dryRun: true, one, two, three);
        Assert.Equal(before, house.Stash.Library.Snapshot(withTimes: true));
        var undone = await house.UndoAsync(dryRun: false, one, two, three);

        Assert.Equal(planned.Select(image => image.Changes), undone.Select(image => image.Changes));
        Assert.Equal(("Holiday,Waving", "VLM_Tagged", ""), (house.TagsOf(one), house.TagsOf(two), house.TagsOf(three)));
        Assert.Empty(await house.House.Get<ImageUndo>().ListAsync(CancellationToken.None).ToListAsync());
        house.Stash.Requests.Clear();
        Assert.All(await house.UndoAsync(dryRun: false, one, two, three), image => Assert.Empty(image.Changes));
        Assert.Equal(0, house.Stash.Requests.MutationCount);
    }

    [Fact]
    public async Task What_the_user_took_off_stays_off_after_an_undo_and_what_was_undone_can_be_written_again()
    {
        await using var house = await ImageHouse.OpenAsync(StashVersion.New2026);
        var image = house.Images[0];
        _ = await house.PublishAsync((image, "Kissing,Waving"));
        _ = house.Stash.Library.UntagImage(image, house.Tag("Kissing"));
        _ = await house.UndoAsync(dryRun: false, image);
        Assert.Equal("", house.TagsOf(image));

        _ = await house.PublishAsync((image, "Kissing,Waving"));

        Assert.Equal("VLM_Tagged,Waving", house.TagsOf(image));
    }

    [Fact]
    public async Task An_image_that_is_gone_and_one_of_another_Stash_keep_their_records()
    {
        await using var house = await ImageHouse.OpenAsync(StashVersion.New2026);
        _ = await house.PublishAsync((house.Images[0], "Kissing"), (house.Images[1], "Kissing"));
        house.Stash.Library.DeleteImage(house.Images[0]);
        _ = house.Stash.Library.RescanImage(
            house.Images[1],
            before => new LibraryImage(before.Id, before.CreatedAt.AddDays(1), before.UpdatedAt)
            {
                Files = before.Files,
                TagIds = before.TagIds,
            }
        );

        var undone = await house.UndoAsync(dryRun: false, house.Images[0], house.Images[1]);

        Assert.All(undone, image => Assert.Empty(image.Changes));
        Assert.Equal("Kissing,VLM_Tagged", house.TagsOf(house.Images[1]));
        Assert.Equal(2, await house.House.Get<ImageUndo>().ListAsync(CancellationToken.None).CountAsync());
    }

    [Fact]
    public async Task A_crash_in_the_middle_is_gone_on_with()
    {
        await using var house = await ImageHouse.OpenAsync(StashVersion.New2026);
        var image = house.Images[0];
        _ = await house.PublishAsync((image, "Kissing,Waving"));
        house.House.Artifacts.FailAt(2);
        _ = await Assert.ThrowsAsync<IOException>(() => house.UndoAsync(dryRun: false, image));
        house.House.Artifacts.Mend();
        _ = house.House.NewProcess();

        _ = await house.UndoAsync(dryRun: false, image);

        Assert.Equal("", house.TagsOf(image));
        // Nothing of it was taken for the user's own doing.
        _ = await house.PublishAsync((image, "Kissing"));
        Assert.Equal("Kissing,VLM_Tagged", house.TagsOf(image));
    }
}

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
        await using var fixture = await ImageFixture.OpenAsync(version);
        var (one, two, three) = (fixture.Images[0], fixture.Images[1], fixture.Images[2]);
        _ = fixture.Stash.Library.TagImage(one, fixture.Tag("Holiday"), fixture.Tag("Waving"));
        // From another program, or by hand.
        _ = fixture.Stash.Library.TagImage(two, fixture.Tag("VLM_Tagged"));
        _ = await fixture.PublishAsync((one, "Kissing,Waving"), (two, "Kissing"), (three, "!broken"));
        var ids = await fixture.Fixture.Get<ImageUndo>().ListAsync(CancellationToken.None).ToListAsync();
        Assert.Equal(fixture.Images.Select(id => $"{id}").Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
        var before = fixture.Stash.Library.Snapshot(withTimes: true);

        var planned = await fixture.UndoAsync(dryRun: true, one, two, three);
        Assert.Equal(before, fixture.Stash.Library.Snapshot(withTimes: true));
        var undone = await fixture.UndoAsync(dryRun: false, one, two, three);

        Assert.Equal(planned.Select(image => image.Changes), undone.Select(image => image.Changes));
        Assert.Equal(("Holiday,Waving", "VLM_Tagged", ""), (fixture.TagsOf(one), fixture.TagsOf(two), fixture.TagsOf(three)));
        Assert.Empty(await fixture.Fixture.Get<ImageUndo>().ListAsync(CancellationToken.None).ToListAsync());
        fixture.Stash.Requests.Clear();
        Assert.All(await fixture.UndoAsync(dryRun: false, one, two, three), image => Assert.Empty(image.Changes));
        Assert.Equal(0, fixture.Stash.Requests.MutationCount);
    }

    [Fact]
    public async Task What_the_user_took_off_stays_off_after_an_undo_and_what_was_undone_can_be_written_again()
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026);
        var image = fixture.Images[0];
        _ = await fixture.PublishAsync((image, "Kissing,Waving"));
        _ = fixture.Stash.Library.UntagImage(image, fixture.Tag("Kissing"));
        _ = await fixture.UndoAsync(dryRun: false, image);
        Assert.Equal("", fixture.TagsOf(image));

        _ = await fixture.PublishAsync((image, "Kissing,Waving"));

        Assert.Equal("VLM_Tagged,Waving", fixture.TagsOf(image));
    }

    [Fact]
    public async Task An_image_that_is_gone_and_one_of_another_Stash_keep_their_records()
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026);
        _ = await fixture.PublishAsync((fixture.Images[0], "Kissing"), (fixture.Images[1], "Kissing"));
        fixture.Stash.Library.DeleteImage(fixture.Images[0]);
        _ = fixture.Stash.Library.RescanImage(
            fixture.Images[1],
            before => new LibraryImage(before.Id, before.CreatedAt.AddDays(1), before.UpdatedAt)
            {
                Files = before.Files,
                TagIds = before.TagIds,
            }
        );

        var undone = await fixture.UndoAsync(dryRun: false, fixture.Images[0], fixture.Images[1]);

        Assert.All(undone, image => Assert.Empty(image.Changes));
        Assert.Equal("Kissing,VLM_Tagged", fixture.TagsOf(fixture.Images[1]));
        Assert.Equal(2, await fixture.Fixture.Get<ImageUndo>().ListAsync(CancellationToken.None).CountAsync());
    }

    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task Tags_that_come_after_an_undo_are_taken_back_by_the_next_one(StashVersion version)
    {
        await using var fixture = await ImageFixture.OpenAsync(version);
        var image = fixture.Images[0];
        _ = await fixture.PublishAsync((fixture.Images[1], "Kissing"));
        fixture.Stash.Fault = new StashFault
        {
            Execution = StashExecution.Late,
            Containing = "bulkImageUpdate",
            Times = 1,
        };
        _ = await Assert.ThrowsAnyAsync<Exception>(() => fixture.PublishAsync((image, "Kissing")));
        _ = await fixture.UndoAsync(dryRun: false, image);
        Assert.Equal(1, await fixture.Stash.CarryOutLateAsync());
        Assert.Equal("Kissing,VLM_Tagged", fixture.TagsOf(image));

        _ = await fixture.UndoAsync(dryRun: false, image);

        Assert.Equal("", fixture.TagsOf(image));
    }

    [Fact]
    public async Task A_crash_in_the_middle_is_gone_on_with()
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026);
        var image = fixture.Images[0];
        _ = await fixture.PublishAsync((image, "Kissing,Waving"));
        fixture.Fixture.Artifacts.FailAt(2);
        _ = await Assert.ThrowsAsync<IOException>(() => fixture.UndoAsync(dryRun: false, image));
        fixture.Fixture.Artifacts.Recover();
        _ = fixture.Fixture.NewProcess();

        _ = await fixture.UndoAsync(dryRun: false, image);

        Assert.Equal("", fixture.TagsOf(image));
        // Nothing of it was taken for the user's own doing.
        _ = await fixture.PublishAsync((image, "Kissing"));
        Assert.Equal("Kissing,VLM_Tagged", fixture.TagsOf(image));
    }
}

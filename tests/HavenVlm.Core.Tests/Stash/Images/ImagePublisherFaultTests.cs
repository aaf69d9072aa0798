using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Stash.Images;

/// <summary>Whatever breaks, and wherever: the next try ends where an undisturbed run would have.</summary>
public sealed class ImagePublisherFaultTests
{
    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task Whatever_breaks_and_wherever_the_next_try_ends_where_an_undisturbed_one_would_have(StashVersion version)
    {
        await using var undisturbed = await PreparedAsync(version);
        var before = undisturbed.Stash.Requests.MutationCount;
        _ = await SecondAsync(undisturbed);
        var expected = await StateAsync(undisturbed);
        var changes = undisturbed.Stash.Requests.MutationCount - before;
        Assert.True(changes > 3);
        for (var change = 1; change <= changes; change++)
        {
            foreach (var moment in new[] { MutationMoment.Before, MutationMoment.After })
            {
                await using var house = await PreparedAsync(version);
                house.Stash.AtMutation(
                    change,
                    moment,
                    step =>
                    {
                        step.DropConnection();
                        return Task.CompletedTask;
                    }
                );
                _ = await Assert.ThrowsAsync<StashUnavailableException>(() => SecondAsync(house));
                _ = house.House.NewProcess();
                _ = await SecondAsync(house);
                Assert.Equal(expected, await StateAsync(house));
            }
        }

        for (var write = 1; ; write++)
        {
            await using var house = await PreparedAsync(version);
            house.House.Artifacts.FailAt(write);
            var failed = await Record.ExceptionAsync(() => SecondAsync(house));
            house.House.Artifacts.Mend();
            if (failed is null)
            {
                Assert.True(write > 2);
                break;
            }

            _ = house.House.NewProcess();
            _ = await SecondAsync(house);
            Assert.Equal(expected, await StateAsync(house));
        }
    }

    private static async Task<ImageHouse> PreparedAsync(StashVersion version)
    {
        var house = await ImageHouse.OpenAsync(version);
        _ = house.Stash.Library.TagImage(house.Images[0], house.Tag("Holiday"));
        _ = await house.PublishAsync((house.Images[0], "Kissing,Waving"), (house.Images[1], "Waving"), (house.Images[2], "Hugging"));
        _ = house.Stash.Library.UntagImage(house.Images[1], house.Tag("Waving"));
        foreach (var image in house.Images)
        {
            _ = house.Stash.Library.TagImage(image, house.Tag("VLM_TagMe"));
        }

        return house;
    }

    private static Task<ImagePublicationResult> SecondAsync(ImageHouse house) =>
        house.PublishAsync((house.Images[0], "Waving,Dancing"), (house.Images[1], "Waving,Kissing"), (house.Images[2], "!broken"));

    private static async Task<string> StateAsync(ImageHouse house)
    {
        var lines = house.Images.Select(house.TagsOf).ToList();
        foreach (var image in house.Images)
        {
            var record = (await house.Records.ReadAsync($"{image}", CancellationToken.None)).Publication;
            lines.Add(
                $"{string.Join(',', record.Tags.Select(tag => tag.Name).Order())} {string.Join(',', record.DeletedTags.Select(tag => tag.Name))} {record.Intents}"
            );
        }

        return string.Join('\n', lines);
    }
}

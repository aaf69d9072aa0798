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
                await using var fixture = await PreparedAsync(version);
                fixture.Stash.AtMutation(
                    change,
                    moment,
                    step =>
                    {
                        step.DropConnection();
                        return Task.CompletedTask;
                    }
                );
                _ = await Assert.ThrowsAsync<StashUnavailableException>(() => SecondAsync(fixture));
                _ = fixture.Fixture.NewProcess();
                _ = await SecondAsync(fixture);
                Assert.Equal(expected, await StateAsync(fixture));
            }
        }

        for (var write = 1; ; write++)
        {
            await using var fixture = await PreparedAsync(version);
            fixture.Fixture.Artifacts.FailAt(write);
            var failed = await Record.ExceptionAsync(() => SecondAsync(fixture));
            fixture.Fixture.Artifacts.Recover();
            if (failed is null)
            {
                Assert.True(write > 2);
                break;
            }

            _ = fixture.Fixture.NewProcess();
            _ = await SecondAsync(fixture);
            Assert.Equal(expected, await StateAsync(fixture));
        }
    }

    private static async Task<ImageFixture> PreparedAsync(StashVersion version)
    {
        var fixture = await ImageFixture.OpenAsync(version);
        _ = fixture.Stash.Library.TagImage(fixture.Images[0], fixture.Tag("Holiday"));
        _ = await fixture.PublishAsync(
            (fixture.Images[0], "Kissing,Waving"),
            (fixture.Images[1], "Waving"),
            (fixture.Images[2], "Hugging")
        );
        _ = fixture.Stash.Library.UntagImage(fixture.Images[1], fixture.Tag("Waving"));
        foreach (var image in fixture.Images)
        {
            _ = fixture.Stash.Library.TagImage(image, fixture.Tag("VLM_TagMe"));
        }

        return fixture;
    }

    private static Task<ImagePublicationResult> SecondAsync(ImageFixture fixture) =>
        fixture.PublishAsync((fixture.Images[0], "Waving,Dancing"), (fixture.Images[1], "Waving,Kissing"), (fixture.Images[2], "!broken"));

    private static async Task<string> StateAsync(ImageFixture fixture)
    {
        var lines = fixture.Images.Select(fixture.TagsOf).ToList();
        foreach (var image in fixture.Images)
        {
            var record = (await fixture.Records.ReadAsync($"{image}", CancellationToken.None)).Publication;
            lines.Add(
                $"{string.Join(',', record.Tags.Select(tag => tag.Name).Order())} {string.Join(',', record.DeletedTags.Select(tag => tag.Name))} {record.Intents}"
            );
        }

        return string.Join('\n', lines);
    }
}

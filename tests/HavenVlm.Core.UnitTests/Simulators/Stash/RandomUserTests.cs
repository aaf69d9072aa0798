using HavenVlm.Simulation.Stash;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Core.UnitTests.Simulators.Stash;

public sealed class RandomUserTests
{
    [Fact]
    public async Task The_same_seed_on_the_same_contents_does_the_same() => Assert.Equal(await LiveAsync(7), await LiveAsync(7));

    [Fact]
    public async Task Another_seed_does_something_else() => Assert.NotEqual(await LiveAsync(7), await LiveAsync(8));

    [Fact]
    public async Task Tags_that_are_not_to_be_reorganised_keep_their_names_and_stay()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        var scene = stash.AddScene();
        var kept = stash.Library.AddTag("Kept");
        var user = new RandomUser(stash.Stash, scene, ["Waving", "Dancing", "Walk"], new Random(1))
        {
            MayReorganise = tag => tag.Id != kept.Id,
        };
        for (var step = 0; step < 500; step++)
        {
            user.Act();
        }

        Assert.Same(kept, stash.Library.Tags[kept.Id]);
    }

    private static async Task<string> LiveAsync(int seed)
    {
        await using var stash = await StashClientFixture.StartAsync(
            StashVersion.New2026,
            new SimulatedStashOptions { Time = new FakeTimeProvider() }
        );
        var user = new RandomUser(stash.Stash, stash.AddScene(), ["Kissing", "Hugging", "Waving"], new Random(seed));
        var acts = Enumerable.Range(0, 300).Select(_ => user.Act().Text).ToList();
        return string.Join('\n', acts) + stash.Library.Snapshot(withTimes: true);
    }
}

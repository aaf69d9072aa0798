using System.Globalization;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Reliability;
using Xunit.Sdk;

namespace HavenVlm.Core.Tests.Stash.Publishing.RandomUsers;

/// <summary>
/// The whole way over HTTP: somebody works on a scene, we publish to it again and again, the settings change, connections break in the
/// middle of changes, the program is restarted. <c>HAVEN_USER_STEPS</c> sets the number of steps, taken in lives of some hundred: by then
/// a scene is so full of what its user did that nothing new can happen. <c>HAVEN_USER_SEED</c> is the first seed, <c>HAVEN_USER_LIFE</c> the
/// steps of one life. <c>./haven soak</c> goes on with further seeds as long as it has time: row 9 of docs/dev/reliability.md.
/// </summary>
public sealed class RandomUserTests
{
    private const int DefaultSteps = 300;
    private const int Row = 9;
    private const double PartOfOne = 0.1;

    private static int Steps => Setting("HAVEN_USER_STEPS", DefaultSteps);

    private static int StepsOfALife => Setting("HAVEN_USER_LIFE", 150);

    private static int FirstSeed => Setting("HAVEN_USER_SEED", 1);

    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.Release26)]
    [InlineData(StashVersion.New2026)]
    public async Task Nothing_of_the_user_changes_what_is_deleted_stays_deleted_and_twice_is_once(StashVersion version)
    {
        var (spared, takenAway, published) = await LiveAsync(version, wild: false);
        // In a long life the scene fills up with what its user did.
        var least = StepsOfALife > 1000 ? 20 : 1;
        Assert.True(
            spared > Steps && takenAway > Steps / 30 / least && published > Steps / 15 / least,
            $"Too little happened: {spared} spared, {takenAway} taken away, {published} published."
        );
    }

    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task Nothing_of_the_user_changes_either_when_the_tags_of_the_family_are_mixed_up(StashVersion version)
    {
        var (spared, _, published) = await LiveAsync(version, wild: true);
        Assert.True(
            spared > Steps && published > (StepsOfALife > 1000 ? 5 : Steps / 30),
            $"Too little happened: {spared} spared, {published} published."
        );
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    private static async Task<(int Spared, int TakenAway, int Published)> LiveAsync(StashVersion version, bool wild)
    {
        var (spared, takenAway, times) = (0, 0, 0);
        var clock = Soak.Share(Row, TimeSpan.Zero, PartOfOne);
        var seed = FirstSeed;
        for (; seed < FirstSeed + (Steps / StepsOfALife) || !clock.IsOver; seed++)
        {
            await using var work = await SharedScene.StartAsync(version, new Random(seed), wild);
            try
            {
                for (var step = 0; step < StepsOfALife; step++)
                {
                    await work.StepAsync();
                }

                var published = await work.FinishAsync();
                Assert.True(published || wild);
                await work.UndoAsync(published);
            }
            catch (Exception problem) when (problem is XunitException or InvalidOperationException)
            {
                Assert.Fail(
                    $"Seed {seed} on {version}: {problem.Message}{Environment.NewLine}{work.History()}{Environment.NewLine}{problem.StackTrace}"
                );
            }

            (spared, takenAway, times) = (spared + work.Rights.Spared, takenAway + work.Rights.TakenAway, times + work.Published);
        }

        Soak.Report(
            Row,
            $"random-users-{version}{(wild ? "-wild" : "")}",
            ("lives", seed - FirstSeed),
            ("steps", (seed - FirstSeed) * StepsOfALife),
            ("times published", times),
            ("markers and tags of the user seen untouched", spared),
            ("seconds", clock.Elapsed.TotalSeconds)
        );
        return (spared, takenAway, times);
    }
}

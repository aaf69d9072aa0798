using System.Globalization;
using HavenVlm.Demo.Stash;
using Xunit.Sdk;

namespace HavenVlm.Core.Tests.Stash.RandomUsers;

/// <summary>
/// The whole way over HTTP: somebody works on a scene, we publish to it again and again, the settings change, connections break in the
/// middle of changes, the program is started anew. <c>HAVEN_USER_STEPS</c> sets the number of steps, taken in lives of some hundred: by then
/// a scene is so full of what its user did that nothing new can happen.
/// </summary>
public sealed class RandomUserTests
{
    private const int DefaultSteps = 300;
    private const int StepsOfALife = 150;

    private static int Steps =>
        int.TryParse(Environment.GetEnvironmentVariable("HAVEN_USER_STEPS"), CultureInfo.InvariantCulture, out var steps)
            ? steps
            : DefaultSteps;

    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.Release26)]
    [InlineData(StashVersion.New2026)]
    public async Task Nothing_of_the_user_changes_what_is_deleted_stays_deleted_and_twice_is_once(StashVersion version)
    {
        var (spared, stones, published) = (0, 0, 0);
        for (var seed = 1; seed <= Steps / StepsOfALife; seed++)
        {
            await using var work = await SharedScene.StartAsync(version, new Random(seed));
            try
            {
                for (var step = 0; step < StepsOfALife; step++)
                {
                    await work.StepAsync();
                }

                await work.FinishAsync();
            }
            catch (Exception problem) when (problem is XunitException or InvalidOperationException)
            {
                Assert.Fail(
                    $"Seed {seed} on {version}: {problem.Message}{Environment.NewLine}{work.History()}{Environment.NewLine}{problem.StackTrace}"
                );
            }

            (spared, stones, published) = (spared + work.Rights.Spared, stones + work.Rights.Stones, published + work.Published);
        }

        Assert.True(
            spared > Steps && stones > Steps / 30 && published > Steps / 15,
            $"Too little happened: {spared} spared, {stones} deleted, {published} published."
        );
    }
}

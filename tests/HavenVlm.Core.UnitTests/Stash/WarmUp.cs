using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.UnitTests.Stash;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.StashFixture;

[assembly: AssemblyFixture(typeof(WarmUp))]

namespace HavenVlm.Core.UnitTests.Stash;

/// <summary>
/// Writes to a simulated Stash and takes it back once before the tests: what is compiled at its first use costs more than any of them, and
/// would count as the time of whichever test comes first.
/// </summary>
public sealed class WarmUp : IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        foreach (var version in (StashVersion[])[StashVersion.Old2023, StashVersion.New2026])
        {
            await using var fixture = await OpenAsync(version);
            _ = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));
            await fixture.Get<SceneUndo>().UndoAsync(fixture.SceneId, release: false, dryRun: false, CancellationToken.None);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

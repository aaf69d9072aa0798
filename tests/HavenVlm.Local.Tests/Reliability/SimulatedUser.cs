using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>
/// A user at work on a scene while the program works on it too. Every marker that the user added is compared before each next act: nobody
/// else may have written to it, whatever the user did with its tags.
/// </summary>
internal sealed class SimulatedUser
{
    private static readonly TimeSpan BetweenActs = TimeSpan.FromMilliseconds(20);
    private readonly StashLibrary _library;
    private readonly RandomUser _user;
    private readonly Dictionary<int, StashMarker> _theirs = [];

    public SimulatedUser(SimulatedStash stash, int scene, int seed)
    {
        _library = stash.Library;
        _user = new RandomUser(stash, scene, ["Kissing", "Hugging", "Mine", "Smooch"], new Random(seed))
        {
            // Tags that say what is asked for are not mixed up here: then nothing would be done.
            MayReorganise = tag => !tag.Name.StartsWith("VLM_", StringComparison.Ordinal),
        };
    }

    public int Acts { get; private set; }

    /// <summary>Markers that the user added.</summary>
    public int Added { get; private set; }

    public async Task WorkAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            AssertNothingOfTheirsWasTouched();
            var act = _user.Act();
            Acts++;
            if (act.Marker is { } marker && act.Text.EndsWith("adds it", StringComparison.Ordinal))
            {
                _theirs[marker] = _library.Markers[marker];
                Added++;
            }

            foreach (var id in _theirs.Keys.ToList())
            {
                if (_library.Markers.TryGetValue(id, out var now))
                {
                    _theirs[id] = now;
                }
                else
                {
                    _ = _theirs.Remove(id);
                }
            }

            await Task.Delay(BetweenActs, CancellationToken.None);
        }
    }

    public void AssertNothingOfTheirsWasTouched() =>
        Assert.All(
            _theirs,
            entry =>
                Assert.True(
                    ReferenceEquals(entry.Value, _library.Markers.GetValueOrDefault(entry.Key)),
                    $"The user's marker was written to: {entry.Value} became {_library.Markers.GetValueOrDefault(entry.Key)}."
                )
        );
}

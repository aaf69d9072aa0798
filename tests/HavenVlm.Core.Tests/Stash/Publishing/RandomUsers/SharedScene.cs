using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Storage;
using HavenVlm.Simulation.Stash;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Tests.Stash.Publishing.RandomUsers;

/// <summary>A scene in a simulated Stash on which a user works while we publish to it.</summary>
internal sealed class SharedScene : IAsyncDisposable
{
    private const double Duration = 120;
    private const double MaxGap = 6;
    private static readonly string[] ContentNames = ["Kissing", "Hugging", "Waving", "Dancing"];
    private static readonly string[] FamilyNames =
    [
        "VLM",
        "VLM_TagMe",
        "VLM_UpdateMe",
        "VLM_Tagged",
        "VLM_Errored",
        "VLM_Incorrect",
        "VLM_TuneMe",
    ];
    private static readonly string[] StateTags = FamilyNames[1..];
    private static readonly string[] UserNames = [.. ContentNames, "Smooch", "Walk", "Machine"];
    private static readonly MarkerSet NoWish = new([], new Dictionary<string, TimeSpan>(StringComparer.Ordinal));
    private readonly SimulatedStash _stash;
    private readonly Random _random;
    private readonly bool _wild;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"haven-user-{Guid.NewGuid():N}");
    private readonly List<string> _history = [];
    private readonly RandomUser _user;
    private readonly int _scene;
    private ServiceProvider _program;
    private MarkerSet _wish;

    private SharedScene(SimulatedStash stash, Random random, bool wild)
    {
        (_stash, _random, _wild) = (stash, random, wild);
        var file = new HavenVlm.Simulation.Stash.State.StashFile(0, "/media/walk.mp4", DateTimeOffset.UnixEpoch)
        {
            Duration = Duration,
            Size = 1000,
        };
        _scene = stash.Library.AddScene("A walk", file).Id;
        var other = stash.Library.AddScene("Another", file).Id;
        stash.Library.AddMarker(other, stash.Library.AddTag("Kissing").Id, 3);
        stash.Library.AddMarker(_scene, stash.Library.FindTag("Kissing")!.Id, 10, stash.Version == StashVersion.New2026 ? 14 : null);
        stash.Library.TagScene(_scene, stash.Library.AddTag("Walk").Id);
        _user = new RandomUser(stash, _scene, wild ? [.. UserNames, .. FamilyNames] : UserNames, random)
        {
            MayReorganise = tag => wild || !StateTags.Contains(tag.Name, StringComparer.OrdinalIgnoreCase),
        };
        Rights = new SceneRights(FamilyNames, "VLM_Incorrect", MaxGap, remembers: !wild);
        _program = StartProgram();
        _wish = AnyWish();
    }

    public SceneRights Rights { get; }

    public int Published { get; private set; }

    private LibraryView View => LibraryView.Of(_stash.Library, _scene);

    public static async Task<SharedScene> StartAsync(StashVersion version, Random random, bool wild) =>
        new(await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = version }), random, wild);

    public string History() => string.Join(Environment.NewLine, _history.TakeLast(60));

    public async Task StepAsync()
    {
        switch (_random.Next(20))
        {
            case < 13:
                UserActs();
                break;
            case 13:
                _wish = AnyWish();
                _history.Add($"WISH {Show(_wish)}");
                break;
            case 14:
                await _program.DisposeAsync();
                _program = StartProgram();
                _history.Add("RESTART");
                break;
            case 15:
                await DryRunAsync();
                break;
            case < 18:
                BreakConnection();
                await PublishAsync();
                _stash.ClearMutationActions();
                break;
            default:
                await PublishAsync();
                break;
        }
    }

    /// <summary>In the end we publish undisturbed. Whether it got through: tags that the user mixed up are for the user to corrected.</summary>
    public Task<bool> FinishAsync() => PublishAsync();

    /// <summary>
    /// Undoes, at first with a connection that breaks. What is the user's is left alone; after a publication that got through nothing of
    /// ours is left, and undoing twice is once.
    /// </summary>
    public async Task UndoAsync(bool publishedBefore)
    {
        BreakConnection();
        var before = View;
        var result = await TryUndoAsync();
        _stash.ClearMutationActions();
        if (result is null)
        {
            // What a broken attempt took back is not the user's deletion.
            Rights.Published(before, View, result: null, NoWish);
            before = View;
            result = await TryUndoAsync();
        }

        if (result is null)
        {
            Assert.True(_wild);
            return;
        }

        Rights.Published(before, View, result, NoWish);
        if (publishedBefore && !_wild)
        {
            Rights.NothingOfOursIsLeft(View);
        }

        var (changes, snapshot) = (_stash.Requests.MutationCount, _stash.Library.Snapshot(withTimes: true));
        Assert.Empty((await TryUndoAsync())!.Changes);
        Assert.Equal(changes, _stash.Requests.MutationCount);
        Assert.Equal(snapshot, _stash.Library.Snapshot(withTimes: true));
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        await _stash.DisposeAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, true);
        }
    }

    private void UserActs()
    {
        var before = View;
        var act = _user.Act();
        _history.Add(act.Text);
        Rights.UserActed(act, before, View);
    }

    private void BreakConnection()
    {
        var (nth, moment) = (_random.Next(1, 8), _random.Next(2) == 0 ? MutationMoment.Before : MutationMoment.After);
        _history.Add($"BREAK {moment} change {nth} from here");
        _stash.AtMutation(
            nth,
            moment,
            step =>
            {
                step.DropConnection();
                return Task.CompletedTask;
            }
        );
    }

    /// <summary>Publishes; after success twice, and the second time must do nothing. Whether it got through.</summary>
    private async Task<bool> PublishAsync()
    {
        var before = View;
        var result = await TryAsync(dryRun: false);
        Rights.Published(before, View, result, _wish);
        if (result is null)
        {
            return false;
        }

        Published++;
        _stash.ClearMutationActions();
        if (_wild)
        {
            // A state tag that was merged with a result is put on again where the result went: that takes one more time.
            _ = await TryAsync(dryRun: false);
        }

        var (changes, snapshot) = (_stash.Requests.MutationCount, _stash.Library.Snapshot(withTimes: true));
        var again = await TryAsync(dryRun: false);
        Assert.NotNull(again);
        Assert.Empty(again.Changes);
        Assert.Equal(changes, _stash.Requests.MutationCount);
        Assert.Equal(snapshot, _stash.Library.Snapshot(withTimes: true));
        Assert.Empty(_stash.Requests.NotSimulated);
        _stash.Requests.Clear();
        return true;
    }

    /// <summary>A dry run writes nothing and says exactly what publishing then does.</summary>
    private async Task DryRunAsync()
    {
        var (changes, snapshot) = (_stash.Requests.MutationCount, _stash.Library.Snapshot(withTimes: true));
        var announced = await TryAsync(dryRun: true);
        Assert.Equal(changes, _stash.Requests.MutationCount);
        Assert.Equal(snapshot, _stash.Library.Snapshot(withTimes: true));
        var before = View;
        // What the program remembers of the family is not as new as what a dry run looks up.
        _program.GetRequiredService<TagFamily>().Forget();
        var done = await TryAsync(dryRun: false);
        Rights.Published(before, View, done, _wish);
        if (done is not null && announced is not null && !_wild)
        {
            Assert.Equal(
                announced.Changes.Select(change => change.ToString()).Order(StringComparer.Ordinal),
                done.Changes.Select(change => change.ToString()).Order(StringComparer.Ordinal)
            );
        }
    }

    private async Task<PublicationResult?> TryAsync(bool dryRun)
    {
        try
        {
            var request = new ScenePublication
            {
                SceneId = _scene.ToString(),
                Wanted = _wish,
                DryRun = dryRun,
                DefaultMaxGap = TimeSpan.FromSeconds(MaxGap),
            };
            var result = await _program.GetRequiredService<ScenePublisher>().PublishAsync(request, CancellationToken.None);
            _history.Add($"{(dryRun ? "DRY RUN" : "PUBLISH")} {string.Join("; ", result.Changes)}");
            Assert.Equal(PublicationOutcome.Published, result.Outcome);
            return result;
        }
        catch (StashUnavailableException broken)
        {
            _history.Add($"PUBLISH broke off: {broken.Message}");
            return null;
        }
        catch (StashException refused)
            when (refused.Message.Contains("create the tag", StringComparison.Ordinal) || refused.Kind == StashErrorKind.NeedsUser)
        {
            // A name of the family is taken by a tag that the server holds for the same one: only the user can put that right.
            _history.Add($"PUBLISH needs the user: {refused.Message}");
            return null;
        }
    }

    private async Task<PublicationResult?> TryUndoAsync()
    {
        try
        {
            var undo = _program.GetRequiredService<SceneUndo>();
            var result = await undo.UndoAsync(_scene.ToString(), release: false, dryRun: false, CancellationToken.None);
            _history.Add($"UNDO {string.Join("; ", result.Changes)}");
            return result;
        }
        catch (StashUnavailableException broken)
        {
            _history.Add($"UNDO broke off: {broken.Message}");
            return null;
        }
        catch (StashException refused) when (refused.Kind == StashErrorKind.NeedsUser)
        {
            _history.Add($"UNDO needs the user: {refused.Message}");
            return null;
        }
    }

    private ServiceProvider StartProgram()
    {
        var options = new HavenOptions { Stash = new StashOptions { Url = _stash.Address } };
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton(new SettingsSource(options))
            .AddSingleton<IArtifactStore>(new FileArtifactStore(_folder))
            .AddStash()
            .BuildServiceProvider();
    }

    private MarkerSet AnyWish()
    {
        var markers = new List<MarkerSpan>();
        var tags = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var name in ContentNames.Where(_ => _random.Next(4) > 0))
        {
            var time = _random.NextDouble() * 30;
            while (time < Duration - 5)
            {
                var end = Math.Min(Duration, time + 1 + (_random.NextDouble() * 15));
                markers.Add(
                    new MarkerSpan(
                        name,
                        TimeSpan.FromMilliseconds(Math.Round(time * 1000)),
                        TimeSpan.FromMilliseconds(Math.Round(end * 1000)),
                        0.9
                    )
                );
                time = end + 1 + (_random.NextDouble() * 40);
            }

            if (_random.Next(3) > 0)
            {
                tags[name] = TimeSpan.FromSeconds(10);
            }
        }

        return new MarkerSet([.. markers.OrderBy(marker => marker.Start).ThenBy(marker => marker.Tag, StringComparer.Ordinal)], tags);
    }

    private static string Show(MarkerSet set) =>
        $"{string.Join(", ", set.Markers.Select(marker => $"{marker.Tag} {marker.Start.TotalSeconds}-{marker.End.TotalSeconds}"))}; tags {string.Join(", ", set.SceneTags.Keys)}";
}

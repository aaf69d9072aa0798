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
    private readonly SimulatedStash stash;
    private readonly Random random;
    private readonly bool wild;
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"haven-user-{Guid.NewGuid():N}");
    private readonly List<string> history = [];
    private readonly RandomUser user;
    private readonly int scene;
    private ServiceProvider program;
    private MarkerSet wish;

    private SharedScene(SimulatedStash stash, Random random, bool wild)
    {
        (this.stash, this.random, this.wild) = (stash, random, wild);
        var file = new HavenVlm.Simulation.Stash.State.StashFile(0, "/media/walk.mp4", DateTimeOffset.UnixEpoch)
        {
            Duration = Duration,
            Size = 1000,
        };
        scene = stash.Library.AddScene("A walk", file).Id;
        var other = stash.Library.AddScene("Another", file).Id;
        stash.Library.AddMarker(other, stash.Library.AddTag("Kissing").Id, 3);
        stash.Library.AddMarker(scene, stash.Library.FindTag("Kissing")!.Id, 10, stash.Version == StashVersion.New2026 ? 14 : null);
        stash.Library.TagScene(scene, stash.Library.AddTag("Walk").Id);
        user = new RandomUser(stash, scene, wild ? [.. UserNames, .. FamilyNames] : UserNames, random)
        {
            MayReorganise = tag => wild || !StateTags.Contains(tag.Name, StringComparer.OrdinalIgnoreCase),
        };
        Rights = new SceneRights(FamilyNames, "VLM_Incorrect", MaxGap, remembers: !wild);
        program = StartProgram();
        wish = AnyWish();
    }

    public SceneRights Rights { get; }

    public int Published { get; private set; }

    private LibraryView View => LibraryView.Of(stash.Library, scene);

    public static async Task<SharedScene> StartAsync(StashVersion version, Random random, bool wild) =>
        new(await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = version }), random, wild);

    public string History() => string.Join(Environment.NewLine, history.TakeLast(60));

    public async Task StepAsync()
    {
        switch (random.Next(20))
        {
            case < 13:
                UserActs();
                break;
            case 13:
                wish = AnyWish();
                history.Add($"WISH {Show(wish)}");
                break;
            case 14:
                await program.DisposeAsync();
                program = StartProgram();
                history.Add("RESTART");
                break;
            case 15:
                await DryRunAsync();
                break;
            case < 18:
                BreakConnection();
                await PublishAsync();
                stash.ClearMutationActions();
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
        stash.ClearMutationActions();
        if (result is null)
        {
            // What a broken attempt took back is not the user's deletion.
            Rights.Published(before, View, result: null, NoWish);
            before = View;
            result = await TryUndoAsync();
        }

        if (result is null)
        {
            Assert.True(wild);
            return;
        }

        Rights.Published(before, View, result, NoWish);
        if (publishedBefore && !wild)
        {
            Rights.NothingOfOursIsLeft(View);
        }

        var (changes, snapshot) = (stash.Requests.MutationCount, stash.Library.Snapshot(withTimes: true));
        Assert.Empty((await TryUndoAsync())!.Changes);
        Assert.Equal(changes, stash.Requests.MutationCount);
        Assert.Equal(snapshot, stash.Library.Snapshot(withTimes: true));
    }

    public async ValueTask DisposeAsync()
    {
        await program.DisposeAsync();
        await stash.DisposeAsync();
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, true);
        }
    }

    private void UserActs()
    {
        var before = View;
        var act = user.Act();
        history.Add(act.Text);
        Rights.UserActed(act, before, View);
    }

    private void BreakConnection()
    {
        var (nth, moment) = (random.Next(1, 8), random.Next(2) == 0 ? MutationMoment.Before : MutationMoment.After);
        history.Add($"BREAK {moment} change {nth} from here");
        stash.AtMutation(
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
        Rights.Published(before, View, result, wish);
        if (result is null)
        {
            return false;
        }

        Published++;
        stash.ClearMutationActions();
        if (wild)
        {
            // A state tag that was merged with a result is put on again where the result went: that takes one more time.
            _ = await TryAsync(dryRun: false);
        }

        var (changes, snapshot) = (stash.Requests.MutationCount, stash.Library.Snapshot(withTimes: true));
        var again = await TryAsync(dryRun: false);
        Assert.NotNull(again);
        Assert.Empty(again.Changes);
        Assert.Equal(changes, stash.Requests.MutationCount);
        Assert.Equal(snapshot, stash.Library.Snapshot(withTimes: true));
        Assert.Empty(stash.Requests.NotSimulated);
        stash.Requests.Clear();
        return true;
    }

    /// <summary>A dry run writes nothing and says exactly what publishing then does.</summary>
    private async Task DryRunAsync()
    {
        var (changes, snapshot) = (stash.Requests.MutationCount, stash.Library.Snapshot(withTimes: true));
        var announced = await TryAsync(dryRun: true);
        Assert.Equal(changes, stash.Requests.MutationCount);
        Assert.Equal(snapshot, stash.Library.Snapshot(withTimes: true));
        var before = View;
        // What the program remembers of the family is not as new as what a dry run looks up.
        program.GetRequiredService<TagFamily>().Forget();
        var done = await TryAsync(dryRun: false);
        Rights.Published(before, View, done, wish);
        if (done is not null && announced is not null && !wild)
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
                SceneId = scene.ToString(),
                Wanted = wish,
                DryRun = dryRun,
                DefaultMaxGap = TimeSpan.FromSeconds(MaxGap),
            };
            var result = await program.GetRequiredService<ScenePublisher>().PublishAsync(request, CancellationToken.None);
            history.Add($"{(dryRun ? "DRY RUN" : "PUBLISH")} {string.Join("; ", result.Changes)}");
            Assert.Equal(PublicationOutcome.Published, result.Outcome);
            return result;
        }
        catch (StashUnavailableException broken)
        {
            history.Add($"PUBLISH broke off: {broken.Message}");
            return null;
        }
        catch (StashException refused)
            when (refused.Message.Contains("create the tag", StringComparison.Ordinal) || refused.Kind == StashErrorKind.NeedsUser)
        {
            // A name of the family is taken by a tag that the server holds for the same one: only the user can put that right.
            history.Add($"PUBLISH needs the user: {refused.Message}");
            return null;
        }
    }

    private async Task<PublicationResult?> TryUndoAsync()
    {
        try
        {
            var undo = program.GetRequiredService<SceneUndo>();
            var result = await undo.UndoAsync(scene.ToString(), release: false, dryRun: false, CancellationToken.None);
            history.Add($"UNDO {string.Join("; ", result.Changes)}");
            return result;
        }
        catch (StashUnavailableException broken)
        {
            history.Add($"UNDO broke off: {broken.Message}");
            return null;
        }
        catch (StashException refused) when (refused.Kind == StashErrorKind.NeedsUser)
        {
            history.Add($"UNDO needs the user: {refused.Message}");
            return null;
        }
    }

    private ServiceProvider StartProgram()
    {
        var options = new HavenOptions { Stash = new StashOptions { Url = stash.Address } };
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton(new SettingsSource(options))
            .AddSingleton<IArtifactStore>(new FileArtifactStore(folder))
            .AddStash()
            .BuildServiceProvider();
    }

    private MarkerSet AnyWish()
    {
        var markers = new List<MarkerSpan>();
        var tags = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var name in ContentNames.Where(_ => random.Next(4) > 0))
        {
            var time = random.NextDouble() * 30;
            while (time < Duration - 5)
            {
                var end = Math.Min(Duration, time + 1 + (random.NextDouble() * 15));
                markers.Add(
                    new MarkerSpan(
                        name,
                        TimeSpan.FromMilliseconds(Math.Round(time * 1000)),
                        TimeSpan.FromMilliseconds(Math.Round(end * 1000)),
                        0.9
                    )
                );
                time = end + 1 + (random.NextDouble() * 40);
            }

            if (random.Next(3) > 0)
            {
                tags[name] = TimeSpan.FromSeconds(10);
            }
        }

        return new MarkerSet([.. markers.OrderBy(marker => marker.Start).ThenBy(marker => marker.Tag, StringComparer.Ordinal)], tags);
    }

    private static string Show(MarkerSet set) =>
        $"{string.Join(", ", set.Markers.Select(marker => $"{marker.Tag} {marker.Start.TotalSeconds}-{marker.End.TotalSeconds}"))}; tags {string.Join(", ", set.SceneTags.Keys)}";
}

using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>One call of an undo and what it changes.</summary>
internal sealed record SceneUndoCall(GraphQlCall Call, IReadOnlyList<PublicationChange> Changes);

/// <summary>What is to be taken back of one scene, and what of it has happened.</summary>
internal sealed class SceneUndoPlan
{
    private readonly List<PublicationChange> _happened = [];
    private bool _dryRun;

    public required SceneToUndo Scene { get; init; }

    /// <summary>Null = nothing is read or written: there is nothing of ours, or no such scene.</summary>
    public SceneStateFound? Found { get; init; }

    /// <summary>Whether there is no such scene any more.</summary>
    public bool IsGone { get; init; }

    public PublicationOutcome Outcome { get; init; } = PublicationOutcome.Published;

    public PublicationPlan? Plan { get; init; }

    /// <summary>Fewest calls that take it back: markers first, then all tags at once.</summary>
    public IReadOnlyList<SceneUndoCall> Calls { get; init; } = [];

    public IReadOnlyList<PublicationLeft> Left { get; init; } = [];

    /// <summary>What Stash said to a call that it refused; null = it refused none.</summary>
    public string? Refusal { get; private set; }

    /// <summary>What will have been taken back when everything goes well.</summary>
    public PublicationResult Expected => Result([.. _happened, .. Calls.SelectMany(call => call.Changes)]);

    public UndoneScene Undone => new(Scene.SceneId, _dryRun ? Expected : Result(_happened), Refusal);

    /// <summary>For a scene on which nothing of ours is known.</summary>
    public static SceneUndoPlan Nothing(SceneToUndo scene, bool isDamaged) =>
        new() { Scene = scene, Left = isDamaged ? [new PublicationLeft("", LeftReason.RecordDamaged)] : [] };

    /// <summary>Goes on from what an earlier pass did.</summary>
    public void Begin(PublicationResult? earlier, bool dryRun)
    {
        _dryRun = dryRun;
        _happened.AddRange(earlier?.Changes ?? []);
    }

    public void Happened(SceneUndoCall call) => _happened.AddRange(call.Changes);

    public void Refused(string reason) => Refusal ??= reason;

    /// <summary>The record while it is taken back.</summary>
    public PublicationRecord Intended(DateTimeOffset now)
    {
        var intents = new PublicationIntents
        {
            At = now,
            Destroy = [.. Plan!.Destroy.Select(marker => marker.Id)],
            RemoveTags = [.. Plan.RemoveTags.Select(tag => tag.Id)],
        };
        var recent = (Plan.Record.Recent ?? new RecentWrites()).With(intents, Plan.HighestMarkerId, now);
        return Plan.Record with { Intents = intents, Recent = Plan.Destroy.Count > 0 ? recent : Plan.Record.Recent };
    }

    private PublicationResult Result(IReadOnlyList<PublicationChange> changes) =>
        new()
        {
            Outcome = Outcome,
            DryRun = _dryRun,
            Changes = [.. changes],
            Left = Left,
        };
}

/// <summary>Finds out what is to be taken back of a scene. Asks and changes nothing.</summary>
internal sealed class SceneUndoPlanner(SettingsSource settings)
{
    /// <summary>The plan for a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="stored">Its record as it was before it was held against the scene.</param>
    /// <param name="found">What there is; null = there is no such scene.</param>
    public SceneUndoPlan Plan(SceneToUndo scene, StoredPublicationRecord stored, SceneStateFound? found)
    {
        if (found is null)
        {
            return new SceneUndoPlan
            {
                Scene = scene,
                IsGone = true,
                Outcome = PublicationOutcome.SceneGone,
            };
        }

        if (stored.Record.CreatedAt is { } createdAt && !StashTime.Same(createdAt, found.Stored.Record.CreatedAt))
        {
            // Another Stash has another scene under this number: what the record says is about the other one.
            return new SceneUndoPlan { Scene = scene, Outcome = PublicationOutcome.SceneGone };
        }

        var plan = PublicationDiff.Compute(found.State, new DesiredPublication { TakesIncorrect = true });
        return new SceneUndoPlan
        {
            Scene = scene,
            Found = found,
            Plan = plan,
            Calls = [.. MarkerCalls(plan, found.Schema), .. TagCalls(scene, plan, found)],
            Left = [.. plan.Left, .. SceneUndoPlan.Nothing(scene, stored.IsDamaged).Left],
        };
    }

    private static IEnumerable<SceneUndoCall> MarkerCalls(PublicationPlan plan, StashSchema schema)
    {
        var ids = plan.Destroy.Select(marker => marker.Id).ToList();
        var changes = PublicationReport.Markers(plan).ToList();
        var calls = StashClient.DestroyMarkersCalls(ids, schema).ToList();
        return calls.Count == changes.Count
            ? calls.Select((call, index) => new SceneUndoCall(call, [changes[index]]))
            : calls.Select(call => new SceneUndoCall(call, changes));
    }

    private IEnumerable<SceneUndoCall> TagCalls(SceneToUndo scene, PublicationPlan plan, SceneStateFound found)
    {
        var states = plan
            .Record.States.Concat(scene.Release ? found.Family.Requests : [])
            .Distinct(StringComparer.Ordinal)
            .Where(found.State.SceneTags.Contains)
            .ToList();
        var changes = PublicationReport
            .Tags(plan)
            .Concat(states.Select(id => new PublicationChange(PublicationChangeKind.StateTagRemoved, NameOf(found.Family, id))))
            .ToList();
        return changes.Count == 0
            ? []
            :
            [
                new SceneUndoCall(
                    StashClient.RemoveSceneTagsCall(
                        scene.SceneId,
                        [.. plan.RemoveTags.Select(tag => tag.Id).Concat(states).Distinct(StringComparer.Ordinal)]
                    ),
                    changes
                ),
            ];
    }

    private string NameOf(StashTagFamily tags, string id)
    {
        var names = settings.Current.StashTags;
        var known = new[]
        {
            (tags.Tagged, names.Tagged),
            (tags.Errored, names.Errored),
            (tags.TagMe, names.TagMe),
            (tags.UpdateMe, names.UpdateMe),
        };
        return known.FirstOrDefault(tag => tag.Item1.Equals(id, StringComparison.Ordinal)).Item2 ?? $"tag {id}";
    }
}

using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Learning;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Smoothing;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>From the log to Stash: spans, markers and tags, and only the difference to what is there.</summary>
internal sealed class PublishSceneActivity(
    SceneArtifacts artifacts,
    AnalysisLogs logs,
    SceneSettings sceneSettings,
    ScenePublisher publisher,
    LearningStore learning,
    PublishedSmoothing published,
    UnknownNameStore names,
    DamageReports damage,
    IOrchestrationClient client
) : IActivity<PublishSceneInput, PublishSceneOutput>
{
    private const int ChangesShown = 60;

    public Task<PublishSceneOutput> RunAsync(PublishSceneInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => PublishAsync(input, cancellationToken));

    private async Task<PublishSceneOutput> PublishAsync(PublishSceneInput input, CancellationToken cancellationToken)
    {
        var snapshot = await artifacts.ReadSnapshotAsync(input.Snapshot, cancellationToken);
        await using var log = await logs.OpenAsync(snapshot.Key, cancellationToken);
        var answers = SamplingRounds.Answers(snapshot.SamplingOf(log));
        if (answers.UnansweredShare > snapshot.MaxUnanswered)
        {
            throw new PermanentFailureException(UnansweredFrames.TooMany(snapshot, answers));
        }

        var state = await StateAsync(input.InstanceId, cancellationToken);
        if (state is RuntimeStatus.Suspended)
        {
            return new PublishSceneOutput(Held: true, null);
        }

        var tags = snapshot.With(await sceneSettings.ReadAsync(snapshot.SceneId, cancellationToken)).Markers;
        var found = SceneSmoothing.Find(snapshot, answers);
        snapshot = snapshot with { Learned = null, Published = null, Smoothing = found?.Parameters };
        if (!input.DryRun)
        {
            // Before anything is written: what is in Stash was made with these, whatever happens next.
            await published.WriteAsync(snapshot, found?.Parameters, cancellationToken);
        }

        var smoothing = found is null ? null : new SmoothingModel(found.Parameters, answers.Cuts);
        var wanted = MarkerBuilder
            .Build(answers.Answers, snapshot.Sampling.FrameInterval, snapshot.Facts.Duration, tags, smoothing)
            .WithUnseen(snapshot.Facts.Duration, snapshot.Facts.ClaimedDuration, tags);
        var result = await publisher.PublishAsync(
            new ScenePublication
            {
                SceneId = snapshot.SceneId,
                Wanted = wanted,
                MaxGaps = MaxGaps(tags),
                CreateMarkers = snapshot.CreateMarkers,
                GeneratePreviews = snapshot.GeneratePreviews,
                Reset = input.Reset,
                DryRun = input.DryRun,
                StartOffset = snapshot.Facts.StartOffset,
                StillWanted = async token => await StateAsync(input.InstanceId, token) is RuntimeStatus.Running or RuntimeStatus.Pending,
            },
            cancellationToken
        );
        if (result.Outcome == PublicationOutcome.CalledOff)
        {
            return await StateAsync(input.InstanceId, cancellationToken) is RuntimeStatus.Suspended
                ? new PublishSceneOutput(Held: true, null)
                : new PublishSceneOutput(Held: false, new TagSceneOutput { Outcome = TagSceneOutcome.Skipped, Message = "Called off" });
        }

        if (found is not null && !input.DryRun && result.Outcome == PublicationOutcome.Published)
        {
            await learning.AddAsync(snapshot.LearningKey, snapshot.Key.Fingerprint, snapshot.Run, found.Counted, cancellationToken);
        }

        if (!input.DryRun && result.Outcome == PublicationOutcome.Published)
        {
            var fresh = answers.Records.Where(record => string.Equals(record.Run, snapshot.Run, StringComparison.Ordinal));
            await names.AddAsync($"{snapshot.SceneId} {snapshot.Run}", UnknownNames.In(fresh), cancellationToken);
        }

        await artifacts.WriteLatestAsync(snapshot, cancellationToken);
        await log.SealAsync(cancellationToken);
        var output = Output(input, snapshot, answers, wanted, result);
        var damaged = damage.Take(LogNames.Log(snapshot.Key), PublicationSubject.Scene(snapshot.SceneId).ArtifactName);
        IReadOnlyList<string> unreliable =
        [
            .. Unreliable(found, tags),
            .. answers.Refused > 0
                ? [$"{TimeText.Count(answers.Refused, "frame")} refused by the model or its moderation"]
                : Enumerable.Empty<string>(),
            .. new[] { UnknownNames.NoteOf(answers.UnknownNames, answers.Records.Count) }.OfType<string>().Select(Capitalized),
        ];
        var asked = log.Records.Where(record => record.Run == snapshot.Run).ToList();
        return new PublishSceneOutput(
            Held: false,
            output with
            {
                Message = string.Join(". ", [output.Message, .. unreliable, .. damaged]),
                // Damage is a warning in the log already.
                Note = string.Join(". ", ((string[])[output.Note, .. unreliable]).Where(note => note.Length > 0)),
                Requests = asked.Sum(record => record.Answer.Requests),
                Tokens = TokensOf(asked),
            }
        );
    }

    private async Task<RuntimeStatus?> StateAsync(string instanceId, CancellationToken cancellationToken) =>
        (await client.GetAsync(instanceId, withInput: false, cancellationToken))?.RuntimeStatus;

    private static TagSceneOutput Output(
        PublishSceneInput input,
        SceneSnapshot snapshot,
        SceneAnswers answers,
        MarkerSet wanted,
        PublicationResult result
    ) =>
        new()
        {
            Outcome = OutcomeOf(input, result),
            Message = string.Join("; ", [MessageOf(input, wanted, result), .. snapshot.Notes]),
            Note = string.Join("; ", snapshot.Notes),
            Markers = wanted.Markers.Count,
            FirstMarkers =
            [
                .. wanted
                    .Markers.Take(SceneSummary.MarkersNamed)
                    .Select(marker =>
                        $"{marker.Tag} {TimeText.Range(marker.Start + snapshot.Facts.StartOffset, marker.End + snapshot.Facts.StartOffset)}"
                    ),
            ],
            Tags = wanted.SceneTags.Count,
            Frames = answers.Planned,
            Unanswered = answers.Unanswered,
            Refused = answers.Refused,
            Writes = input.DryRun ? 0 : result.Changes.Count,
            Changes = input.DryRun ? [.. result.Changes.Select(change => change.ToText()).Take(ChangesShown)] : [],
        };

    private static TagSceneOutcome OutcomeOf(PublishSceneInput input, PublicationResult result)
    {
        if (result.Outcome == PublicationOutcome.SceneGone)
        {
            return TagSceneOutcome.Skipped;
        }

        if (input.DryRun)
        {
            return TagSceneOutcome.DryRun;
        }

        return result.Changes.Count == 0 ? TagSceneOutcome.Unchanged : TagSceneOutcome.Tagged;
    }

    private static string MessageOf(PublishSceneInput input, MarkerSet wanted, PublicationResult result)
    {
        if (result.Outcome == PublicationOutcome.SceneGone)
        {
            return "The scene is gone from Stash";
        }

        var left = result.Skipped.Count == 0 ? "" : $", {result.Skipped.Count} left to the user";
        var found = $"{TimeText.Count(wanted.Markers.Count, "marker")} and {TimeText.Count(wanted.SceneTags.Count, "tag")} found";
        var changes = TimeText.Count(result.Changes.Count, "change");
        return input.DryRun ? $"{found}; {changes} would be written{left}" : $"{found}; {changes} written{left}";
    }

    private static IEnumerable<string> Unreliable(SmoothingFit? found, IReadOnlyList<TagMarkerSettings> tags)
    {
        var smoothed = tags.Where(tag => tag.Smoothing != SmoothingMode.Off).Select(tag => tag.Tag);
        if (found?.Parameters.UnreliableOf(smoothed) is { Count: > 0 } names)
        {
            yield return $"The model's answers do not tell where these tags are, so nothing new was written for them: {string.Join(", ", names)}";
        }
    }

    private static TokenUsage? TokensOf(IReadOnlyList<FrameRecord> records)
    {
        var sum = records.Aggregate(default(TokenUsage), (sum, record) => record.Answer.Tokens is { } tokens ? sum + tokens : sum);
        return sum == default ? null : sum.Rounded();
    }

    private static string Capitalized(string clause) => char.ToUpperInvariant(clause[0]) + clause[1..];

    private static Dictionary<string, TimeSpan> MaxGaps(IReadOnlyList<TagMarkerSettings> tags)
    {
        var gaps = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            gaps.TryAdd(tag.Name, tag.MaxGap);
        }

        return gaps;
    }
}

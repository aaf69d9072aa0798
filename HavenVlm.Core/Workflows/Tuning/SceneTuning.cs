using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Learning;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Editing;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Smoothing;
using HavenVlm.Core.Markers.Tuning;

namespace HavenVlm.Core.Workflows.Tuning;

/// <summary>From a scene's answers and its user's markers to settings: the problem, the search, the numbers.</summary>
internal sealed class SceneTuning
{
    private readonly SceneSnapshot _snapshot;
    private readonly SceneAnswers _answers;
    private readonly UserMarkers _user;
    private readonly HavenOptions _options;
    private readonly IReadOnlyCollection<string> _configuredTags;
    private readonly IReadOnlyList<TagMarkerSettings> _settings;

    /// <param name="snapshot">What the scene was analyzed with.</param>
    /// <param name="answers">What the log holds.</param>
    /// <param name="user">The scene's markers as the user left them.</param>
    /// <param name="options">The settings, with the tags that come from Stash.</param>
    /// <param name="configuredTags">The tags that the configuration itself lists.</param>
    public SceneTuning(
        SceneSnapshot snapshot,
        SceneAnswers answers,
        UserMarkers user,
        HavenOptions options,
        IReadOnlyCollection<string> configuredTags
    )
    {
        _snapshot = snapshot;
        _answers = answers;
        _user = user;
        _options = options;
        _configuredTags = configuredTags;
        _settings = [.. snapshot.Markers.Select(tag => tag with { Name = NameOf(tag) })];
    }

    /// <summary>The result.</summary>
    /// <exception cref="PermanentFailureException">There is no marker to go by.</exception>
    public MarkerSettingsResult Run(double requests)
    {
        var problem = Problem();
        var usable = problem.Truth.Values.Sum(truth => truth.Spans.Count);
        if (usable == 0)
        {
            throw new PermanentFailureException(
                $"Scene {_snapshot.SceneId} has no marker with an end for any configured tag. Correct its markers in Stash, then try again."
            );
        }

        var found = MarkerTuning.Find(problem);
        var before = MarkerTuning.Score(problem, problem.Settings);
        var after = MarkerTuning.Score(problem, found);
        var rows = Rows(problem, found, before, after).ToList();
        var changes = Changes(problem.Settings, found).ToList();
        return new MarkerSettingsResult
        {
            SceneId = _snapshot.SceneId,
            Title = _snapshot.Title,
            Duration = _snapshot.Facts.Duration,
            Model = _snapshot.Key.Model,
            Requests = requests,
            Before = Total(problem, before),
            After = Total(problem, after),
            Tags = rows,
            Changes = changes,
            Yaml = TuningYaml.Write(_options, changes),
            Calibration = Calibration.Of(Samples(problem)),
            Notes = [.. Notes(problem)],
        };
    }

    private TuningProblem Problem()
    {
        var plain = _options with
        {
            Tags = _settings.ToDictionary(tag => tag.Tag, _ => new TagOptions(), StringComparer.OrdinalIgnoreCase),
        };
        var names = _settings.Select(tag => tag.Name).Distinct(StringComparer.OrdinalIgnoreCase);
        return new TuningProblem
        {
            Answers = _answers.Answers,
            FrameInterval = _snapshot.Sampling.FrameInterval,
            Smoothing = Smoothing(),
            Duration = _snapshot.Facts.Duration,
            Settings = _settings,
            Defaults = MarkerSettings.Resolve(plain, _snapshot.Facts.Duration),
            // A tag with a marker that ends nowhere cannot be compared.
            Truth = names
                .Where(name => !_user.Endless.Contains(name))
                .ToDictionary(
                    name => name,
                    name => TruthSpans.Of(_user.Spans[name], _snapshot.Facts.Duration),
                    StringComparer.OrdinalIgnoreCase
                ),
            SceneTags = _user.SceneTags,
        };
    }

    private SmoothingModel? Smoothing() =>
        (_snapshot.Smoothing ?? SceneSmoothing.Find(_snapshot, _answers)?.Parameters) is { } parameters
            ? new SmoothingModel(parameters, _answers.Cuts)
            : null;

    private string NameOf(TagMarkerSettings tag) => _user.Names.GetValueOrDefault(tag.Name.Trim()) ?? tag.Name.Trim();

    private static IEnumerable<TagFit> Rows(
        TuningProblem problem,
        IReadOnlyList<TagMarkerSettings> found,
        IReadOnlyDictionary<string, (SpanScore Score, IReadOnlyList<TimeRange> Spans)> before,
        IReadOnlyDictionary<string, (SpanScore Score, IReadOnlyList<TimeRange> Spans)> after
    )
    {
        foreach (var (index, tag) in problem.Settings.Index().Where(tag => problem.Truth.ContainsKey(tag.Item.Name)))
        {
            var truth = problem.Truth[tag.Name];
            var (scoreBefore, spansBefore) = before[tag.Name];
            var (scoreAfter, spansAfter) = after[tag.Name];
            if (truth.Spans.Count + spansBefore.Count + spansAfter.Count == 0)
            {
                continue;
            }

            yield return new TagFit
            {
                Tag = tag.Tag,
                Name = tag.Name,
                SettingsBefore = tag,
                SettingsAfter = found[index],
                Before = MarkerFit.Of(scoreBefore),
                After = MarkerFit.Of(scoreAfter),
                User = truth.Spans,
                MarkersBefore = spansBefore,
                MarkersAfter = spansAfter,
                Note = truth.Spans.Count == 0 ? "found, but no marker of it is left: nothing to go by" : "",
            };
        }
    }

    private IEnumerable<TagSettingsChange> Changes(IReadOnlyList<TagMarkerSettings> before, IReadOnlyList<TagMarkerSettings> after)
    {
        foreach (var (old, fresh) in before.Zip(after).Where(pair => pair.First != pair.Second))
        {
            var isListed = _configuredTags.Contains(old.Tag, StringComparer.OrdinalIgnoreCase);
            yield return fresh
                .ChangesFrom(old)
                .Over(
                    new TagSettingsChange
                    {
                        Tag = old.Tag,
                        Description = isListed ? null : _options.Tags.GetValueOrDefault(old.Tag)?.Description,
                    }
                );
        }
    }

    private static MarkerFit Total(
        TuningProblem problem,
        IReadOnlyDictionary<string, (SpanScore Score, IReadOnlyList<TimeRange> Spans)> scores
    )
    {
        var spans = problem.Truth.Values.Sum(truth => truth.Spans.Count);
        var weighted = problem.Truth.Select(name => name.Value.Spans.Count * scores[name.Key].Score.MeanIou);
        return MarkerFit.Of(SpanScore.Sum([.. scores.Values.Select(score => score.Score)], spans, weighted));
    }

    private IEnumerable<ConfidenceSample> Samples(TuningProblem problem)
    {
        var truths = _snapshot.Wanted.Select(wanted => TruthOf(problem, wanted)).ToList();
        foreach (var point in _answers.Points)
        {
            for (var tag = 0; tag < truths.Count; tag++)
            {
                if (
                    truths[tag] is { } truth
                    && point.SourceOf(tag) is { } source
                    && source.Answer.Tags!.TryGetValue(_snapshot.Wanted[tag].Name, out var confidence)
                )
                {
                    var time = source.ReusedFrom is null ? source.Time : point.Time;
                    yield return new ConfidenceSample(source.Answer.Kind, confidence, truth.Covers(time));
                }
            }
        }
    }

    private TruthSpans? TruthOf(TuningProblem problem, WantedTag wanted) =>
        _settings.FirstOrDefault(tag => tag.Tag.Equals(wanted.Name, StringComparison.OrdinalIgnoreCase)) is { } tag
            ? problem.Truth.GetValueOrDefault(tag.Name)
            : null;

    private IEnumerable<string> Notes(TuningProblem problem)
    {
        foreach (var tag in _user.Endless)
        {
            var times = string.Join(", ", tag.Order().Take(5).Select(time => $"{time.TotalSeconds:0.###} s"));
            yield return $"{tag.Key} was left out: it has markers without an end (at {times}). Give them one.";
        }

        var silent = problem.Truth.Where(name => name.Value.Spans.Count > 0 && !_answers.Answers.Any(answer => Sees(answer, name.Key)));
        foreach (var name in silent)
        {
            yield return $"{name.Key} was never seen by the model in this scene: no settings can find it. A description may help.";
        }

        if (_user.Incorrect > 0)
        {
            yield return $"{_user.Incorrect} markers marked as wrong were taken as not there.";
        }

        if (_user.Unknown.Count > 0)
        {
            var tags = _user.Unknown.OrderByDescending(tag => tag.Value).Take(5).Select(tag => $"{tag.Key} ({tag.Value})");
            yield return $"Markers of other tags do not count: {string.Join(", ", tags)}.";
        }

        if (_answers.Unanswered > 0)
        {
            yield return $"{_answers.Unanswered} of {_answers.Planned} frames are unanswered.";
        }
    }

    private bool Sees(TimedAnswer answer, string name) =>
        answer.Tags is { } seen
        && _settings.Any(tag => tag.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && seen.ContainsKey(tag.Tag));
}

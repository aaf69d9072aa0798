using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Stash.Publishing;

/// <summary>For any state of a scene, any edits of the user and a crash anywhere.</summary>
public sealed class PublicationDiffProperties
{
    private static readonly string[] ContentTags = ["3", "4", "5"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_foreign_changes_and_nothing_deleted_comes_back(bool hasMarkerEnd) =>
        Check(numbers =>
        {
            var life = new SceneLife(new Script(numbers), hasMarkerEnd);
            while (life.Script.HasMore)
            {
                life.Step();
            }

            life.Publish(crash: false);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Publishing_twice_is_publishing_once(bool hasMarkerEnd) =>
        Check(numbers =>
        {
            var life = new SceneLife(new Script(numbers), hasMarkerEnd);
            while (life.Script.HasMore)
            {
                life.Step();
            }

            var desired = life.Wish();
            _ = life.Scene.Publish(desired);
            var before = life.Scene.Writes;
            var record = life.Scene.Record;
            var again = life.Scene.Publish(desired);
            Assert.Equal(before, life.Scene.Writes);
            Assert.False(again.ChangesMarkers || again.ChangesTags);
            Assert.Equal(Json(record), Json(life.Scene.Record));
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_crash_after_any_step_and_another_try_end_like_an_undisturbed_run(bool hasMarkerEnd) =>
        Check(numbers =>
        {
            SceneLife Life()
            {
                var script = new Script(numbers);
                var life = new SceneLife(script, hasMarkerEnd);
                for (var i = 0; i < 6; i++)
                {
                    life.Step(crashes: false);
                }

                return life;
            }

            var undisturbed = Life();
            var desired = undisturbed.Wish();
            var steps = undisturbed.Scene.StepsOf(desired);
            _ = undisturbed.Scene.Publish(desired);
            for (var crashAfter = 0; crashAfter <= steps; crashAfter++)
            {
                var disturbed = Life();
                _ = disturbed.Wish();
                _ = disturbed.Scene.Publish(desired, crashAfter);
                _ = disturbed.Scene.Publish(desired);
                Assert.Equal(Shown(undisturbed.Scene), Shown(disturbed.Scene));
                Assert.Equal(OwnOf(undisturbed.Scene), OwnOf(disturbed.Scene));
                Assert.Equal(undisturbed.Scene.Writes, disturbed.Scene.Writes);
            }
        });

    private static void Check(Action<int[]> scenario) =>
        Prop.ForAll(
                Arb.From(Gen.Choose(0, 9999).ArrayOf(), ArbMap.Default.ArbFor<int[]>().Shrinker),
                numbers =>
                {
                    scenario(numbers);
                    return true;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(120));

    private static string Json(PublicationRecord record) => System.Text.Json.JsonSerializer.Serialize(record, HavenJson.Options);

    private static List<string> Shown(SceneModel scene) =>
        [.. scene.Markers.Select(Show).Order(StringComparer.Ordinal), .. scene.Tags.Order(StringComparer.Ordinal)];

    private static List<string> OwnOf(SceneModel scene) =>
        [
            .. scene.Record.Markers.Select(own => Show(scene.Markers.Single(marker => marker.Id == own.Id))).Order(StringComparer.Ordinal),
            .. scene.Record.Tags.Select(tag => tag.Id).Order(StringComparer.Ordinal),
        ];

    private static string Show(StashMarker marker) =>
        $"{marker.PrimaryTag.Id} {marker.Title} {marker.Seconds}-{marker.EndSeconds} {string.Join(',', marker.Tags.Select(tag => tag.Id))}";

    /// <summary>A scene, what happens to it, and what must hold.</summary>
    private sealed class SceneLife(Script script, bool hasMarkerEnd)
    {
        private readonly Dictionary<string, StashMarker> _users = new(StringComparer.Ordinal);
        private readonly HashSet<string> _usersTags = new(StringComparer.Ordinal);
        private readonly HashSet<string> _tagsTakenOff = new(StringComparer.Ordinal);
        private readonly List<(string Tag, double Start, double End)> _deleted = [];
        private bool _crashed;

        public Script Script => script;

        public SceneModel Scene { get; } = new(hasMarkerEnd);

        public void Step(bool crashes = true)
        {
            // Between a crash and the next look nobody can tell a deleted marker from one that was never written.
            var action = _crashed ? 0 : script.Next(9);
            switch (action)
            {
                case 0 or 1:
                    Publish(crashes && script.Next(3) == 1);
                    break;
                case 2:
                    var own = Scene.Add(script.Pick(ContentTags), script.Next(100), EndAfter(script.Next(100)));
                    _users[own.Id] = own;
                    break;
                case 3:
                    Edit(marker => marker with { Seconds = marker.Seconds + 1 + script.Next(30), EndSeconds = null });
                    break;
                case 4:
                    Edit(marker => marker with { PrimaryTag = new StashTagName(Other(marker.PrimaryTag.Id), "other") });
                    break;
                case 5:
                    Edit(marker => marker with { Tags = [] });
                    break;
                case 6:
                    Delete();
                    break;
                case 7:
                    var tag = script.Pick(ContentTags);
                    if (Scene.Tags.Add(tag))
                    {
                        _ = _tagsTakenOff.Remove(tag);
                        // Taken off and put on again before anybody looked is as if nothing had happened.
                        if (!Scene.Record.Tags.Any(own => own.Id == tag))
                        {
                            _ = _usersTags.Add(tag);
                        }
                    }

                    break;
                default:
                    TakeTagOff();
                    break;
            }
        }

        public DesiredPublication Wish()
        {
            var markers = new List<WantedMarker>();
            foreach (var tag in ContentTags)
            {
                var at = 0;
                for (var i = script.Next(4); i > 0; i--)
                {
                    var start = at + script.Next(20);
                    var end = start + 1 + script.Next(25);
                    markers.Add(Wanted(tag, start, end));
                    at = end;
                }
            }

            var tags = ContentTags.Where(_ => script.Next(2) == 1).Select(tag => new PublishedTag(tag, $"Tag {tag}"));
            return new DesiredPublication { Markers = markers, SceneTags = [.. tags] };
        }

        public void Publish(bool crash)
        {
            var desired = Wish();
            var plan = Scene.Publish(desired, crash ? script.Next(1 + Scene.StepsOf(desired)) : int.MaxValue);
            _crashed = crash;
            foreach (var (id, marker) in _users)
            {
                Assert.Equal(marker, Scene.Markers.Single(other => other.Id == id));
            }

            foreach (var tag in _usersTags)
            {
                Assert.Contains(tag, Scene.Tags);
            }

            Assert.DoesNotContain(Scene.Tags, _tagsTakenOff.Contains);
            var written = plan
                .Create.Select(marker => (marker.Content, marker.SpanEnd))
                .Concat(plan.Move.Select(move => (move.To.Content, move.To.SpanEnd)));
            foreach (var (content, spanEnd) in written)
            {
                var (start, end) = (content.Start.TotalSeconds, spanEnd.TotalSeconds);
                Assert.DoesNotContain(_deleted, gone => gone.Tag == content.TagId && gone.Start < end && start < gone.End);
                Assert.DoesNotContain(
                    _users.Values,
                    other =>
                        other.PrimaryTag.Id == content.TagId
                        && other.Seconds < end
                        && start < Math.Max(other.EndSeconds ?? (other.Seconds + 6), other.Seconds + 0.001)
                );
            }
        }

        private (double Start, double End) SpanOf(StashMarker ours)
        {
            var end =
                Scene.Record.Markers.FirstOrDefault(own => own.Id == ours.Id)?.SpanEnd.TotalSeconds
                ?? ours.EndSeconds
                ?? ours.Seconds + 0.001;
            return (ours.Seconds, end);
        }

        private void Edit(Func<StashMarker, StashMarker> change)
        {
            if (Scene.Markers.Count > 0)
            {
                var marker = script.Pick(Scene.Markers);
                var changed = Scene.Change(marker, change);
                // Changed and changed back before anybody looked is as if nothing had happened.
                if (Scene.IsOurs(changed))
                {
                    _ = _users.Remove(marker.Id);
                }
                else
                {
                    _users[marker.Id] = changed;
                }
            }
        }

        private void Delete()
        {
            if (Scene.Markers.Count == 0)
            {
                return;
            }

            var marker = script.Pick(Scene.Markers);
            if (!_users.Remove(marker.Id) && Scene.IsOurs(marker))
            {
                var (start, end) = SpanOf(marker);
                _deleted.Add((marker.PrimaryTag.Id, start, end));
            }

            _ = Scene.Markers.Remove(marker);
        }

        private void TakeTagOff()
        {
            if (Scene.Tags.Count == 0)
            {
                return;
            }

            var tag = script.Pick([.. Scene.Tags.Order(StringComparer.Ordinal)]);
            _ = Scene.Tags.Remove(tag);
            if (!_usersTags.Remove(tag))
            {
                _ = _tagsTakenOff.Add(tag);
            }
        }

        private double? EndAfter(int start) => script.Next(4) == 0 ? null : start + script.Next(20);

        private static string Other(string tag) => tag == "3" ? "4" : "3";
    }

    private static WantedMarker Wanted(string tag, double start, double end) =>
        new(tag, $"Tag {tag}", TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end), TimeSpan.FromSeconds(6));
}

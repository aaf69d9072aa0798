using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.StashFixture;
using Marker = HavenVlm.Simulation.Stash.State.StashMarker;

namespace HavenVlm.Core.UnitTests.Stash.Publishing;

/// <summary>A user who does everything that Stash's pages allow while results are published again and again, with connections that break.</summary>
public sealed class UserAtWorkTests
{
    private static readonly string[] Wishes = ["Kissing", "Hugging", "Waving"];

    [Theory]
    [InlineData(StashVersion.Old2023, 1)]
    [InlineData(StashVersion.Old2023, 2)]
    [InlineData(StashVersion.New2026, 3)]
    [InlineData(StashVersion.New2026, 4)]
    public async Task Nothing_of_the_users_changes_and_nothing_deleted_comes_back(StashVersion version, int seed)
    {
        await using var fixture = await OpenAsync(version);
        var life = new Life(fixture, new Random(seed));
        for (var step = 0; step < 120; step++)
        {
            await life.StepAsync();
        }
    }

    private sealed class Life(StashFixture fixture, Random random)
    {
        private readonly StashLibrary _library = fixture.Stash.Library;
        private readonly Dictionary<int, Marker> _ours = [];
        private readonly HashSet<int> _ourTags = [];

        /// <summary>The user's tags of the scene when it was last published: one of ours that is merged into another one stays ours.</summary>
        private HashSet<int> _seen = [];

        private readonly List<(int Tag, TimeSpan Start, TimeSpan End)> _deleted = [];
        private readonly HashSet<int> _tagsTakenOff = [];
        private readonly Dictionary<int, TimeSpan> _spanEnds = [];

        /// <summary>Tags renamed since the last probe: merged as well, nobody can tell any more what became of them.</summary>
        private readonly HashSet<int> _renamed = [];

        /// <summary>Ours that the user changed since the last probe: changed back, they are as if nothing had happened.</summary>
        private readonly Dictionary<int, Marker> _edited = [];

        private bool HasEnds => fixture.Stash.Version != StashVersion.Old2023;

        private List<int> ContentTags =>
            [
                .. _library
                    .Tags.Values.Where(tag => !tag.Name.StartsWith("VLM", StringComparison.Ordinal) && tag.Id != Base)
                    .Select(tag => tag.Id),
            ];

        private int Base { get; set; }

        public async Task StepAsync()
        {
            if (Base == 0)
            {
                _ = _library.AddTag("Beach");
                Base = int.Parse((await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None)).Base);
            }

            while (ContentTags.Count < 4)
            {
                _ = _library.AddTag($"Own {random.Next()}");
            }

            switch (random.Next(14))
            {
                case 0 or 1 or 2 or 3:
                    await PublishAsync(breaks: random.Next(3) == 0);
                    break;
                case 4:
                    var start = random.Next(100);
                    int[] more = random.Next(3) == 0 ? [Base] : [];
                    _ = _library.AddMarker(fixture.Scene, Pick(ContentTags), start, HasEnds ? start + random.Next(20) : null, "own", more);
                    break;
                case 5:
                    Edit(marker => _library.MoveMarker(marker.Id, random.Next(50), HasEnds ? 50 + random.Next(50) : null));
                    break;
                case 6:
                    Edit(marker => _library.RetagMarker(marker.Id, Pick(ContentTags)));
                    break;
                case 7:
                    Edit(marker =>
                        random.Next(2) == 0
                            ? _library.RetitleMarker(marker.Id, $"Title {random.Next(5)}")
                            : _library.SetMarkerTags(marker.Id, Pick(ContentTags))
                    );
                    break;
                case 8:
                    Edit(marker => _library.SetMarkerTags(marker.Id, [.. marker.TagIds, fixture.TagId("VLM_Incorrect")]));
                    break;
                case 9:
                    DeleteMarker();
                    break;
                case 10:
                    TagOrUntagScene();
                    break;
                case 11:
                    var renamed = random.Next(5) == 0 ? Base : Pick(ContentTags);
                    _ = _library.RenameTag(renamed, $"Renamed {random.Next()}");
                    _ = _renamed.Add(renamed);
                    break;
                case 12:
                    MergeTags();
                    break;
                default:
                    var tag = Pick(ContentTags);
                    if (_library.Markers.Values.All(marker => marker.PrimaryTagId != tag))
                    {
                        _library.DeleteTag(tag);
                        _ = _ourTags.Remove(tag);
                    }

                    break;
            }
        }

        private async Task PublishAsync(bool breaks)
        {
            var wanted = Wish();
            var before = _library.Markers.ToDictionary();
            var tagsBefore = _library.Scenes[fixture.Scene].TagIds;
            if (breaks)
            {
                fixture.Stash.AtMutation(
                    1 + random.Next(6),
                    random.Next(2) == 0 ? MutationMoment.Before : MutationMoment.After,
                    step =>
                    {
                        step.DropConnection();
                        return Task.CompletedTask;
                    }
                );
                var broken = await Record.ExceptionAsync(() => fixture.PublishAsync(wanted));
                Assert.True(broken is null or StashUnavailableException, broken?.ToString());
                fixture.Stash.ClearMutationActions();
                _ = fixture.NewProcess();
            }

            _ = await fixture.PublishAsync(wanted);
            Base = int.Parse((await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None)).Base);
            _edited.Clear();
            _renamed.Clear();
            await AssertMarkersAsync(before);
            AssertTags(tagsBefore);
            fixture.Stash.Requests.Clear();
            _ = await fixture.PublishAsync(wanted);
            Assert.Empty(fixture.Stash.Requests.Mutations);
        }

        private async Task AssertMarkersAsync(Dictionary<int, Marker> before)
        {
            var subject = PublicationSubject.Scene(fixture.SceneId);
            var stored = await fixture.Get<PublicationRecordStore>().ReadAsync(subject, CancellationToken.None);
            foreach (var own in stored.Record.Markers)
            {
                _spanEnds[int.Parse(own.Id)] = own.SpanEnd;
            }

            foreach (var (id, marker) in before.Where(entry => !_ours.ContainsKey(entry.Key)))
            {
                Assert.Equal(marker, _library.Markers.GetValueOrDefault(id));
            }

            foreach (var id in _ours.Keys.Where(id => !_library.Markers.ContainsKey(id)).ToList())
            {
                _ = _ours.Remove(id);
            }

            bool IsWritten(Marker marker) =>
                !before.TryGetValue(marker.Id, out var old) || old.Seconds != marker.Seconds || old.EndSeconds != marker.EndSeconds;

            var written = _library.Markers.Values.Where(IsWritten).ToList();
            written.ForEach(marker => _ours[marker.Id] = marker);
            foreach (var marker in written)
            {
                var start = MarkerTime.FromSeconds(marker.Seconds);
                var end = _spanEnds[marker.Id];
                Assert.DoesNotContain(_deleted, gone => gone.Tag == marker.PrimaryTagId && gone.Start < end && start < gone.End);
                Assert.DoesNotContain(
                    _library.Markers.Values,
                    other =>
                        other.Id != marker.Id
                        && other.PrimaryTagId == marker.PrimaryTagId
                        && MarkerTime.FromSeconds(other.Seconds) < end
                        && start < EndOf(other)
                );
            }
        }

        private void AssertTags(IReadOnlySet<int> before)
        {
            var after = _library.Scenes[fixture.Scene].TagIds;
            var state = _library
                .Tags.Values.Where(tag => tag.Name.StartsWith("VLM", StringComparison.Ordinal))
                .Select(tag => tag.Id)
                .ToHashSet();
            Assert.DoesNotContain(before, tag => !_ourTags.Contains(tag) && !state.Contains(tag) && !after.Contains(tag));
            Assert.DoesNotContain(after, tag => _tagsTakenOff.Contains(tag) && !before.Contains(tag));
            _ourTags.UnionWith(after.Except(before));
            _ourTags.IntersectWith(after);
            _seen = [.. after.Except(_ourTags)];
        }

        private TimeSpan EndOf(Marker marker)
        {
            var start = MarkerTime.FromSeconds(marker.Seconds);
            var end =
                marker.EndSeconds is { } seconds ? MarkerTime.FromSeconds(seconds)
                : _ours.ContainsKey(marker.Id) ? _spanEnds[marker.Id]
                : start + TimeSpan.FromSeconds(6);
            return end > start ? end : start + TimeSpan.FromMilliseconds(1);
        }

        private void Edit(Func<Marker, Marker> change)
        {
            if (_library.Markers.Count == 0)
            {
                return;
            }

            var marker = Pick([.. _library.Markers.Values]);
            var changed = change(marker);
            if (_ours.TryGetValue(marker.Id, out var written) || _edited.TryGetValue(marker.Id, out written))
            {
                Compare(written, changed);
            }
        }

        private void Compare(Marker written, Marker now)
        {
            var (to, from) = SameButForTheMark(written, now) ? (_ours, _edited) : (_edited, _ours);
            _ = from.Remove(now.Id);
            to[now.Id] = written;
        }

        private bool SameButForTheMark(Marker written, Marker now) =>
            (written.PrimaryTagId, written.Title, written.Seconds, written.EndSeconds)
                == (now.PrimaryTagId, now.Title, now.Seconds, now.EndSeconds)
            && written.TagIds.Remove(fixture.TagId("VLM_Incorrect")).SetEquals(now.TagIds.Remove(fixture.TagId("VLM_Incorrect")));

        private void DeleteMarker()
        {
            if (_library.Markers.Count == 0)
            {
                return;
            }

            var marker = Pick([.. _library.Markers.Values]);
            if (_ours.Remove(marker.Id))
            {
                _deleted.Add((marker.PrimaryTagId, MarkerTime.FromSeconds(marker.Seconds), _spanEnds[marker.Id]));
            }

            _library.DeleteMarker(marker.Id);
        }

        private void TagOrUntagScene()
        {
            var tag = Pick(ContentTags);
            if (_library.Scenes[fixture.Scene].TagIds.Contains(tag))
            {
                _ = _library.UntagScene(fixture.Scene, tag);
                if (_ourTags.Contains(tag))
                {
                    _ = _tagsTakenOff.Add(tag);
                }
            }
            else
            {
                _ = _library.TagScene(fixture.Scene, tag);
                _ = _tagsTakenOff.Remove(tag);
            }
        }

        private void MergeTags()
        {
            var tags = ContentTags;
            var into = Pick(tags);
            var from = random.Next(4) == 0 ? Base : Pick(tags);
            if (from == into || (from == Base && Wishes.Contains(_library.Tags[into].Name)))
            {
                return;
            }

            var had = _library.Scenes[fixture.Scene].TagIds.Contains(from);
            try
            {
                _ = _library.MergeTags(into, from);
            }
            catch (InvalidOperationException)
            {
                // One is above the other: Stash refuses.
                return;
            }

            var wasOurs = _ourTags.Remove(from);
            if (wasOurs && !_seen.Contains(into))
            {
                _ = _ourTags.Add(into);
            }

            if (wasOurs || had)
            {
                _ = _tagsTakenOff.Remove(into);
            }

            if (from == Base)
            {
                Base = into;
            }

            foreach (var written in new[] { _ours, _edited })
            {
                foreach (var (id, marker) in written.ToList())
                {
                    int[] additional = [.. marker.TagIds.Select(tag => tag == from ? into : tag)];
                    written[id] = marker with
                    {
                        PrimaryTagId = marker.PrimaryTagId == from ? into : marker.PrimaryTagId,
                        TagIds = [.. additional],
                    };
                }
            }

            foreach (var (id, marker) in _edited.ToList())
            {
                if (_library.Markers.TryGetValue(id, out var now))
                {
                    Compare(marker, now);
                }
            }

            if (_renamed.Contains(from))
            {
                _ = _deleted.RemoveAll(gone => gone.Tag == from);
            }

            for (var i = 0; i < _deleted.Count; i++)
            {
                if (_deleted[i].Tag == from)
                {
                    _deleted[i] = _deleted[i] with { Tag = into };
                }
            }
        }

        private MarkerSet Wish()
        {
            var spans = new List<MarkerSpan>();
            foreach (var name in Wishes)
            {
                var at = 0;
                for (var i = random.Next(4); i > 0; i--)
                {
                    var start = at + random.Next(20);
                    at = start + 1 + random.Next(25);
                    spans.Add(Span(name, start, at));
                }
            }

            return Wanted([.. spans]);
        }

        private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
    }
}

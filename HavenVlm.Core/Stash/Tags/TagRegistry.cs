using System.Text.Json;
using System.Text.Json.Serialization;
using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Stash.Tags;

/// <summary>A tag that a name once stood for.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When Stash made it: the same id of another time is another Stash's tag.</param>
/// <param name="Ours">Whether we created it.</param>
/// <param name="LastName">What it was called when it was last seen: merged into another, it leaves that name as an alias.</param>
internal sealed record RecordedTag(string Id, string? CreatedAt, bool Ours, string? LastName = null)
{
    /// <summary>Whether it is made as we make tags: exactly that name, left alone by auto-tagging.</summary>
    [JsonIgnore]
    public bool LooksCreated { get; init; }

    /// <summary>Whether that is still the tag.</summary>
    public bool Is(StashTag tag) =>
        string.Equals(Id, tag.Id, StringComparison.Ordinal) && (CreatedAt is null || StashTime.Same(CreatedAt, tag.CreatedAt));
}

/// <summary>
/// Remembers which tag each name stood for, so that a tag keeps its meaning when the user renames it. A memory, not a truth:
/// without it names are looked up again.
/// </summary>
internal sealed class TagRegistry(IArtifactStore artifacts, TimeProvider time)
{
    private const string ArtifactName = "stash/tags.json";
    private const int Attempts = 20;
    private static readonly TimeSpan IntentLifetime = TimeSpan.FromDays(7);

    /// <summary>All recorded tags by name.</summary>
    public async Task<IReadOnlyDictionary<string, RecordedTag>> ReadAsync(CancellationToken cancellationToken) =>
        Parse(await ReadFileAsync(cancellationToken));

    /// <summary>Records tags by name, beside those that others record at the same time.</summary>
    public async Task RecordAsync(IReadOnlyDictionary<string, RecordedTag> tags, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var artifact = await ReadFileAsync(cancellationToken);
            var all = Parse(artifact);
            var creating = Current(artifact.Value?.Creating);
            var adopted = tags.Where(tag => (tag.Value.Ours || tag.Value.LooksCreated) && creating.Remove(tag.Key))
                .Select(tag => tag.Key)
                .ToHashSet(StringComparer.Ordinal);
            var changed = adopted.Count > 0;
            foreach (var (name, tag) in tags)
            {
                // Who created it is remembered, whoever finds it later.
                var ours =
                    tag.Ours
                    || adopted.Contains(name)
                    || (all.TryGetValue(name, out var known) && known.Ours && known.Id.Equals(tag.Id, StringComparison.Ordinal));
                var entry = tag with { Ours = ours };
                entry = entry with { LooksCreated = false };
                if (!all.TryGetValue(name, out known) || known != entry)
                {
                    all[name] = entry;
                    changed = true;
                }
            }

            if (!changed)
            {
                return;
            }

            var isUndone = IsUndone(artifact) && adopted.Count == 0 && !tags.Values.Any(tag => tag.Ours);
            var content = JsonSeal.Serialize(new File(1, all, isUndone) { Creating = creating.Count > 0 ? creating : null });
            if (await artifacts.ReplaceAsync(ArtifactName, content, artifact.Version, cancellationToken) is not null)
            {
                return;
            }
        }

        // Others write all the time; what is not recorded is looked up by name the next time.
    }

    /// <summary>
    /// Notes that tags of these names, which do not exist, are about to be created: when the reply is lost, the tags that are found later are
    /// ours. Kept for seven days.
    /// </summary>
    public Task IntendAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        ReplaceAsync(
            file =>
            {
                var creating = Current(file?.Creating);
                foreach (var name in names)
                {
                    creating[name] = time.GetUtcNow();
                }

                return new File(1, file?.Tags, file?.IsUndone ?? false) { Creating = creating };
            },
            cancellationToken
        );

    /// <summary>Whether tags were removed by undo and none was made since: then the family is wanted again only with the next work.</summary>
    public async Task<bool> IsUndoneAsync(CancellationToken cancellationToken) => IsUndone(await ReadFileAsync(cancellationToken));

    /// <summary>Forgets tags that were removed from Stash by undo.</summary>
    public async Task ForgetAsync(IReadOnlySet<string> ids, CancellationToken cancellationToken)
    {
        await ReplaceAsync(
            file =>
            {
                var left = (file?.Tags ?? []).Where(tag => !ids.Contains(tag.Value.Id)).ToDictionary(StringComparer.Ordinal);
                return new File(1, left, IsUndone: true) { Creating = file?.Creating };
            },
            cancellationToken
        );
    }

    private async Task ReplaceAsync(Func<File?, File> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var artifact = await ReadFileAsync(cancellationToken);
            var content = JsonSeal.Serialize(change(artifact.Value));
            if (await artifacts.ReplaceAsync(ArtifactName, content, artifact.Version, cancellationToken) is not null)
            {
                return;
            }
        }
    }

    /// <summary>Names of tags that were to be created and were not seen since.</summary>
    public async Task<IReadOnlyList<string>> IntendedAsync(CancellationToken cancellationToken) =>
        [.. Current((await ReadFileAsync(cancellationToken)).Value?.Creating).Keys];

    private Dictionary<string, DateTimeOffset> Current(Dictionary<string, DateTimeOffset>? creating) =>
        (creating ?? []).Where(intent => intent.Value > time.GetUtcNow() - IntentLifetime).ToDictionary(StringComparer.Ordinal);

    private static bool IsUndone(JsonArtifact<File> file) => file.Value?.IsUndone ?? false;

    private static Dictionary<string, RecordedTag> Parse(JsonArtifact<File> file) => new(file.Value?.Tags ?? [], StringComparer.Ordinal);

    private Task<JsonArtifact<File>> ReadFileAsync(CancellationToken cancellationToken) =>
        artifacts.ReadSoundJsonAsync<File>(
            ArtifactName,
            file => file.Tags?.Values.All(tag => tag is not null) != false,
            "Tags are looked up by name again; those that Haven VLM created count as yours.",
            cancellationToken
        );

    private sealed record File(int Version, Dictionary<string, RecordedTag>? Tags, bool IsUndone = false)
    {
        /// <summary>When tags that did not exist were to be created, by name.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Dictionary<string, DateTimeOffset>? Creating { get; init; }
    }
}

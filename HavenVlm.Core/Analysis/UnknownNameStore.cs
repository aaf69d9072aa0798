using System.Text.Json.Serialization;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Analysis;

/// <summary>A name in replies that is no tag.</summary>
/// <param name="Name">As the model writes it.</param>
/// <param name="Answers">Answers that have it.</param>
/// <param name="Scenes">Runs of scenes with such answers.</param>
/// <param name="LastSeen">When the last of these runs ended.</param>
public sealed record UnknownName(string Name, int Answers, int Scenes, DateTimeOffset LastSeen);

/// <summary>
/// Counts over all scenes the names that models use and nobody asked for, the most frequent 200. What is a tag or an alias today is left out.
/// </summary>
internal sealed class UnknownNameStore(IArtifactStore store, TimeProvider time)
{
    private const string ArtifactName = "names/unknown.json";
    private const int MostNames = 200;
    private const int MostRuns = 500;

    /// <summary>Adds what a run of a scene found; the same run again changes nothing.</summary>
    public async Task AddAsync(string run, IReadOnlyDictionary<string, int> counts, CancellationToken cancellationToken)
    {
        if (counts.Count == 0)
        {
            return;
        }

        var now = time.GetUtcNow();
        await store.UpdateJsonAsync<KnownNames>(
            ArtifactName,
            before => (before ?? new KnownNames()).With(run, counts, now),
            cancellationToken
        );
    }

    /// <summary>The names, the most frequent first.</summary>
    public async Task<IReadOnlyList<UnknownName>> ReadAsync(HavenOptions options, CancellationToken cancellationToken)
    {
        var read = await store.ReadSoundJsonAsync<KnownNames>(
            ArtifactName,
            names => names is { Names: not null, Runs: not null },
            "Names that are no tags are counted again from the next scenes.",
            cancellationToken
        );
        var known = options
            .Tags.SelectMany(tag => tag.Value.Aliases.Append(tag.Key))
            .Select(TagSpelling.Normalize)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (read.Value ?? new KnownNames())
                .Names.Where(name => !known.Contains(TagSpelling.Normalize(name.Name)))
                .OrderByDescending(name => name.Answers)
                .ThenBy(name => name.Name, StringComparer.Ordinal),
        ];
    }

    private sealed record KnownNames
    {
        [JsonInclude]
        public IReadOnlyList<UnknownName> Names { get; init; } = [];

        /// <summary>The last runs that were counted.</summary>
        [JsonInclude]
        public IReadOnlyList<string> Runs { get; init; } = [];

        public KnownNames With(string run, IReadOnlyDictionary<string, int> counts, DateTimeOffset now)
        {
            if (Runs.Contains(run, StringComparer.Ordinal))
            {
                return this;
            }

            var names = Names.ToDictionary(name => name.Name, StringComparer.Ordinal);
            foreach (var (name, count) in counts)
            {
                var before = names.GetValueOrDefault(name) ?? new UnknownName(name, 0, 0, now);
                names[name] = new UnknownName(name, before.Answers + count, before.Scenes + 1, now);
            }

            return new KnownNames
            {
                // The rarest goes first, of equals the one that was not seen for longest.
                Names = [.. names.Values.OrderByDescending(name => name.Answers).ThenByDescending(name => name.LastSeen).Take(MostNames)],
                Runs = [.. Runs.Append(run).TakeLast(MostRuns)],
            };
        }
    }
}

using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Tags;

/// <summary>Makes sure that the tag family exists, once, also when many processes start at the same moment.</summary>
internal sealed class TagFamily(TagResolver resolver, StashClient client, SettingsSource settings) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile Known? _known;

    /// <summary>The family as it was last ensured; null when it has to be looked up.</summary>
    public StashTagFamily? Remembered =>
        _known is { } known && known.Url.Equals(client.BaseUrl, StringComparison.Ordinal) && known.Names == settings.Current.StashTags
            ? known.Family
            : null;

    /// <summary>The family's names.</summary>
    public IReadOnlyList<string> Names => NamesOf(settings.Current.StashTags);

    /// <summary>The family; what is missing is created. Remembered until <see cref="Forget"/> or a change of settings.</summary>
    /// <exception cref="StashException">Stash refuses a name, or two of the names mean one tag.</exception>
    public Task<StashTagFamily> EnsureAsync(CancellationToken cancellationToken) => EnsureAsync(found: null, cancellationToken);

    /// <summary>The same for a caller who has looked the names up.</summary>
    public async Task<StashTagFamily> EnsureAsync(IReadOnlyDictionary<string, StashTag>? found, CancellationToken cancellationToken)
    {
        if (Remembered is { } family)
        {
            return family;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            if (Remembered is { } other)
            {
                return other;
            }

            var names = settings.Current.StashTags;
            var url = client.BaseUrl;
            var tags = found ?? await LookUpAsync(names, cancellationToken);
            if (!tags.ContainsKey(names.Base.Trim()))
            {
                tags = tags.With(await resolver.CreateAsync([names.Base], parentId: null, cancellationToken));
            }

            var missing = NamesOf(names).Where(name => !tags.ContainsKey(name)).ToList();
            tags = tags.With(await resolver.CreateAsync(missing, tags[names.Base.Trim()].Id, cancellationToken));
            var made = Checked(names, tags);
            _known = new Known(url, names, made);
            return made;
        }
        finally
        {
            _ = _one.Release();
        }
    }

    /// <summary>The family as it would be: what is missing has a made-up id and is not created.</summary>
    public Task<StashTagFamily> PreviewAsync(CancellationToken cancellationToken) => PreviewAsync(found: null, cancellationToken);

    /// <summary>The same for a caller who has looked the names up.</summary>
    public async Task<StashTagFamily> PreviewAsync(IReadOnlyDictionary<string, StashTag>? found, CancellationToken cancellationToken)
    {
        var names = settings.Current.StashTags;
        return Checked(names, found ?? await LookUpAsync(names, cancellationToken));
    }

    /// <summary>Looks everything up again the next time: a tag was found to be gone.</summary>
    public void Forget() => _known = null;

    /// <summary>What stands for a tag that does not exist yet; no id of Stash looks like it.</summary>
    public static string MissingId(string name) => $"new:{name}";

    public void Dispose() => _one.Dispose();

    private async Task<IReadOnlyDictionary<string, StashTag>> LookUpAsync(StashTagOptions names, CancellationToken cancellationToken) =>
        (await resolver.LookUpAsync(NamesOf(names), [], [], cancellationToken)).ByName;

    private static List<string> NamesOf(StashTagOptions names) =>
        [
            .. new[] { names.Base, names.TagMe, names.UpdateMe, names.Tagged, names.Errored, names.Incorrect, names.TuneMe }.Select(name =>
                name.Trim()
            ),
        ];

    private static StashTagFamily Checked(StashTagOptions names, IReadOnlyDictionary<string, StashTag> tags)
    {
        string Id(string name) => tags.TryGetValue(name, out var tag) ? tag.Id : MissingId(name);
        var all = NamesOf(names);
        var same = all.GroupBy(Id, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any());
        if (same is not null)
        {
            throw new StashException(
                StashErrorKind.NeedsUser,
                $"{string.Join(" and ", same.Select(name => $"'{StashText.Clean(name)}'"))} are the same tag in Stash (merged, or an alias): give each its own tag, or other names under stashTags."
            );
        }

        return new StashTagFamily
        {
            CreatedAt = all.ToDictionary(Id, name => tags.GetValueOrDefault(name)?.CreatedAt, StringComparer.Ordinal),
            Base = Id(all[0]),
            TagMe = Id(all[1]),
            UpdateMe = Id(all[2]),
            Tagged = Id(all[3]),
            Errored = Id(all[4]),
            Incorrect = Id(all[5]),
            TuneMe = Id(all[6]),
        };
    }

    private sealed record Known(string Url, StashTagOptions Names, StashTagFamily Family);
}

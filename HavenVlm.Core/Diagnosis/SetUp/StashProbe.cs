using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Diagnosis.SetUp;

/// <summary>Looks at a Stash that is not in the configuration yet; changes nothing there.</summary>
internal sealed class StashProbe(TimeProvider time)
{
    private static readonly TimeSpan SearchTimeout = TimeSpan.FromSeconds(3);

    private const int MaxTagsCounted = 500;
    private const int MaxFiles = 8;
    private const int MaxScenes = 40;

    /// <summary>Where Stash usually is, the likeliest first.</summary>
    public static IReadOnlyList<string> UsualAddresses(bool isContainer) =>
        isContainer
            ? ["http://stash:9999", $"http://{ContainerRuntime.HostName}:9999", "http://localhost:9999"]
            : ["http://localhost:9999", "http://stash:9999", $"http://{ContainerRuntime.HostName}:9999"];

    /// <summary>The first of some addresses at which Stash answers, with or without asking for a key; null = none.</summary>
    public async Task<StashProbeResult?> FindAsync(IEnumerable<string> addresses, CancellationToken cancellationToken)
    {
        var probes = await Task.WhenAll(
            addresses.Select(url => ProbeAsync(new StashOptions { Url = url }, SearchTimeout, cancellationToken))
        );
        return probes.FirstOrDefault(probe => probe.Answer is StashAnswer.Good or StashAnswer.KeyMissing);
    }

    /// <summary>Whether it answers with that key.</summary>
    public async Task<StashProbeResult> ProbeAsync(StashOptions options, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        StashProbeResult Is(StashAnswer answer, string message, bool isOpen = false) => new(options.Url, answer, message, isOpen);

        using var transport = Transport(options);
        var client = new StashClient(transport, time);
        try
        {
            var schema = await client.SchemaAsync(both.Token);
            var library = await client.StatisticsAsync(both.Token);
            var isOpen = options.ApiKey.Length == 0 || await client.AllowsAnonymousAsync(both.Token);
            return Is(StashAnswer.Good, $"version {schema.Version}, {library.SceneCount} scenes, {library.ImageCount} images", isOpen);
        }
        catch (StashException e) when (e.Kind == StashErrorKind.Unauthorized)
        {
            return Is(options.ApiKey.Length == 0 ? StashAnswer.KeyMissing : StashAnswer.KeyRefused, e.Message);
        }
        catch (StashException e)
        {
            return Is(StashAnswer.NotStash, e.Message);
        }
        catch (StashUnavailableException e)
        {
            return Is(StashAnswer.Unreachable, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Is(StashAnswer.Unreachable, $"Stash at {options.Url} did not answer within {patience.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>The tags that most scenes carry, first; empty when Stash does not tell.</summary>
    /// <param name="options">Address and key.</param>
    /// <param name="family">Our own tags, which nobody wants to be asked for.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<TagSuggestion>> SuggestTagsAsync(
        StashOptions options,
        StashTagOptions family,
        int most,
        CancellationToken cancellationToken
    )
    {
        using var transport = Transport(options);
        var client = new StashClient(transport, time);
        try
        {
            var tags = (await client.FindAllTagsAsync(cancellationToken)).Where(tag => !IsOurs(tag, family)).Take(MaxTagsCounted).ToList();
            var counts = tags.Count == 0 ? [] : await client.CountTagsAsync([.. tags.Select(tag => tag.Id)], cancellationToken);
            var scenes = counts.ToDictionary(count => count.Id, count => count.SceneCount, StringComparer.Ordinal);
            return
            [
                .. tags.Select(tag => new TagSuggestion(tag.Name.Trim(), tag.Description?.Trim() ?? "", scenes.GetValueOrDefault(tag.Id)))
                    .OrderByDescending(tag => tag.Scenes)
                    .ThenBy(tag => tag.Name, StringComparer.OrdinalIgnoreCase)
                    .Take(most),
            ];
        }
        catch (Exception e) when (e is StashException or StashUnavailableException)
        {
            return [];
        }
    }

    /// <summary>Whether the files of some scenes are on this machine, and under which name.</summary>
    /// <param name="options">Address, key and the mappings there are.</param>
    /// <param name="finder">Where to look.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<MediaSurvey> SurveyMediaAsync(StashOptions options, PathMapFinder finder, CancellationToken cancellationToken)
    {
        using var transport = Transport(options);
        try
        {
            var files = await FilesAsync(new StashClient(transport, time), cancellationToken);
            if (files.Count == 0)
            {
                return new MediaSurvey("The library holds no scene with a file yet.", Mapping: null);
            }

            var here = files.Count(file => IsHere(file, options));
            if (here == files.Count)
            {
                return new MediaSurvey($"The media are on this machine: {files[0].Path} opens here.", Mapping: null);
            }

            return finder.Find([.. files.Select(file => (file.Path, file.Size))], options.PathMap, cancellationToken) is { } found
                ? new MediaSurvey(
                    $"Stash's {found.Mapping.From} is {found.Mapping.To} here ({found.Files} of {files.Count} files fit).",
                    found.Mapping
                )
                : new MediaSurvey(
                    $"{files.First(file => !IsHere(file, options)).Path} is not on this machine: scenes will be read from Stash's stream, which is slower.",
                    Mapping: null
                );
        }
        catch (Exception e) when (e is StashException or StashUnavailableException)
        {
            return new MediaSurvey(e.Message, Mapping: null);
        }
    }

    private static bool IsHere(StashFile file, StashOptions options) =>
        MediaLocator.Locate(new MediaFile("1", file.Path, file.Size), options with { Media = MediaAccess.Auto }) is MediaLocation.LocalFile;

    private static async Task<List<StashFile>> FilesAsync(StashClient client, CancellationToken cancellationToken)
    {
        List<StashFile> files = [];
        HashSet<string> folders = new(StringComparer.Ordinal);
        var scenes = 0;
        await foreach (var id in client.FindSceneIdsAsync(new StashSceneFilter("", "", new JsonObject()), cancellationToken))
        {
            // Of each folder one: libraries in several places need several looks.
            if (
                await client.FindSceneAsync(id, cancellationToken) is { Files: [var file, ..] }
                && (files.Count == 0 || folders.Add(Folder(file.Path)) || files.Count < MaxFiles / 2)
            )
            {
                folders.Add(Folder(file.Path));
                files.Add(file);
            }

            if (files.Count == MaxFiles || ++scenes == MaxScenes)
            {
                break;
            }
        }

        return files;
    }

    private static string Folder(string path) => path[..Math.Max(0, path.LastIndexOfAny(['/', '\\']))];

    private static bool IsOurs(StashTag tag, StashTagOptions family) =>
        tag.Name.Trim().Length == 0
        || typeof(StashTagOptions)
            .GetProperties()
            .Where(property => property.PropertyType == typeof(string))
            .Any(property => tag.Name.Equals((string?)property.GetValue(family), StringComparison.OrdinalIgnoreCase));

    private StashTransport Transport(StashOptions options) => new(new SettingsSource(new HavenOptions { Stash = options }), time);
}

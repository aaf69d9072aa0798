using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Whether the media of a scene can be read, and which way.</summary>
internal sealed class MediaCheck(StashClient stash, MediaGateway gateway, MediaProbe probe, StashProbe stashProbe) : ISystemCheck
{
    private const string Subject = "media";

    // A broken file is no sign that the way to the files is wrong, so a few are tried.
    private const int MaxScenes = 3;

    public async IAsyncEnumerable<Finding> RunAsync(HavenOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = await CheckAsync(options.Stash, cancellationToken);
        yield return found;
        if (found.Kind is FindingKind.Good or FindingKind.Failed && options.Stash.Media != MediaAccess.Stream)
        {
            if (await ProposeAsync(options.Stash, cancellationToken) is { } proposal)
            {
                yield return proposal;
            }
        }
    }

    // Where the user said that media are, they may be under another part of the path.
    private async Task<Finding?> ProposeAsync(StashOptions options, CancellationToken cancellationToken)
    {
        var folders = options.PathMap.SelectMany(map => new[] { map.To, Path.GetDirectoryName(map.To) ?? map.To }).Where(Directory.Exists);
        var survey = await stashProbe.SurveyMediaAsync(options, new PathMapFinder(folders), cancellationToken);
        return survey.Mapping is { } mapping
            ? Finding.Warning(
                "media path",
                $"{survey.Message} Add this under stash.pathMap, and the files are read there instead of from Stash's stream:  "
                    + $"- {{ from: {ConfigurationDraft.Quote(mapping.From)}, to: {ConfigurationDraft.Quote(mapping.To)} }}"
            )
            : null;
    }

    private async Task<Finding> CheckAsync(StashOptions options, CancellationToken cancellationToken)
    {
        try
        {
            Finding? last = null;
            var tried = 0;
            await foreach (var id in stash.FindSceneIdsAsync(new StashSceneFilter("", "", new JsonObject()), cancellationToken))
            {
                if (await stash.FindSceneAsync(id, cancellationToken) is not { Files: [var file, ..] })
                {
                    continue;
                }

                last = await ReadAsync(new MediaFile(id, file.Path, file.Size), options, cancellationToken);
                if (last.Kind != FindingKind.Failed || ++tried == MaxScenes)
                {
                    break;
                }
            }

            return last ?? Finding.Skipped(Subject, "the library holds no scene with a file yet");
        }
        catch (Exception e) when (e is StashException or StashUnavailableException)
        {
            return Finding.Skipped(Subject, "Stash has to answer first");
        }
    }

    private async Task<Finding> ReadAsync(MediaFile file, StashOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var location = MediaLocator.Locate(file, options);
            await using var input = await gateway.OpenAsync(location, cancellationToken);
            var facts = await probe.ProbeAsync(input, cancellationToken);
            var what = $"scene {file.SceneId} ({facts.Width}x{facts.Height}, {facts.Codec}, {facts.Duration:h\\:mm\\:ss})";
            return location is MediaLocation.LocalFile local
                ? Finding.Good(Subject, $"{what} is read from {local.Path}")
                : Finding.Good(Subject, $"{what} is read from Stash's stream{WhyStream(file, options)}");
        }
        catch (Exception e) when (e is PermanentFailureException or MediaUnavailableException)
        {
            return Finding.Failed(Subject, $"scene {file.SceneId}: {e.Message}");
        }
    }

    private static string WhyStream(MediaFile file, StashOptions options) =>
        options.Media == MediaAccess.Stream
            ? ""
            : $", because {PathMapper.Map(file.Path, options.PathMap)} is not on this machine or another file; a fitting stash.pathMap would be faster";
}

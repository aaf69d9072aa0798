using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Collecting.Exports;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Collecting;

/// <summary>
/// Writes the manifest and the fine-tuning set once everything is exported, and makes sure that every picture they name is there: only
/// after that anything changes in Stash.
/// </summary>
internal sealed class WriteManifestActivity(CollectStore store) : IActivity<CollectStepInput, CollectOutput>
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    public async Task<CollectOutput> RunAsync(CollectStepInput input, CancellationToken cancellationToken)
    {
        var selection = await store.ReadSelectionAsync(input.InstanceId, cancellationToken);
        var count = (await store.ReadSubjectsAsync(input.InstanceId, cancellationToken)).Length;
        var folder = new ExportFolder(selection.Folder);
        var output = await CountAsync(input.InstanceId, count, folder, cancellationToken);
        if (output.Markers + output.Images + output.Right + output.WithoutPictures == 0)
        {
            return output;
        }

        folder.RemoveTorn();
        await folder.WriteAsync(
            "finetune.jsonl",
            Lines(input.InstanceId, count, part => part.Examples, cancellationToken),
            cancellationToken
        );
        // Last: where there is a manifest the export is whole.
        await folder.WriteAsync(
            "manifest.jsonl",
            Lines(input.InstanceId, count, part => part.Entries, cancellationToken),
            cancellationToken
        );
        return output with { Folder = folder.Root };
    }

    private async Task<CollectOutput> CountAsync(string instanceId, int count, ExportFolder folder, CancellationToken cancellationToken)
    {
        var output = new CollectOutput();
        for (var index = 0; index < count; index++)
        {
            var part = await store.ReadPartAsync(instanceId, index, cancellationToken);
            if (part.Entries.SelectMany(entry => entry.Pictures).FirstOrDefault(picture => !folder.Exists(picture.File)) is { } missing)
            {
                throw new PermanentFailureException(
                    $"{missing.File} was exported and is no longer in {folder.Root}. export.outputDir must be a folder that stays, and that every instance shares. Nothing was changed in Stash; collect again."
                );
            }

            var whole = part.Entries.Where(entry => entry.Reason is null).ToList();
            var wrong = whole.Where(entry => entry.Verdict is ExportVerdict.Incorrect).ToList();
            var torn = part.Entries.Except(whole).ToList();
            output = output with
            {
                Markers = output.Markers + wrong.Count(entry => entry.Marker is not null),
                Images = output.Images + wrong.Count(entry => entry.Image is not null),
                Right = output.Right + whole.Count - wrong.Count,
                Examples = output.Examples + part.Examples.Count,
                WithoutPictures = output.WithoutPictures + torn.Count,
            };
            output = output.Plus(new CollectReleased(0, 0, 0, [.. torn.Select(Text)]));
        }

        return output;
    }

    private Func<Stream, Task> Lines<T>(
        string instanceId,
        int count,
        Func<ExportPart, IReadOnlyList<T>> lines,
        CancellationToken cancellationToken
    ) =>
        async stream =>
        {
            for (var index = 0; index < count; index++)
            {
                foreach (var line in lines(await store.ReadPartAsync(instanceId, index, cancellationToken)))
                {
                    await JsonSerializer.SerializeAsync(stream, line, HavenJson.Options, cancellationToken);
                    await stream.WriteAsync(LineEnd, cancellationToken);
                }
            }
        };

    private static string Text(ExportEntry entry) =>
        entry.Marker is { } marker
            ? $"scene {entry.Scene!.Id}, marker {marker.Id}: {entry.Reason}"
            : $"image {entry.Image!.Id}: {entry.Reason}";
}

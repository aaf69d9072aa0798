using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Pictures;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Workflows.Images;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>Copies an image's file as it is and gathers what is known about it.</summary>
internal sealed class ImageExport(ImageMedia media, ImageLog log, ImageRecordStore records)
{
    private const int LongestExtension = 5;

    public async Task<ExportEntry> ExportAsync(StashImage image, bool isIncorrect, ExportFolder folder, CancellationToken cancellationToken)
    {
        var entry = await DescribedAsync(image, isIncorrect, cancellationToken);
        if (image.VisualFiles.Count == 0)
        {
            return entry with { Reason = $"Image {image.Id} has no file in Stash." };
        }

        var file = image.VisualFiles[0];
        var name = $"images/{image.Id}{ExtensionOf(file.Path)}";
        try
        {
            await folder.WriteAsync(
                name,
                stream => media.CopyAsync(image.Id, file.Path, file.Size, stream, cancellationToken),
                cancellationToken
            );
        }
        catch (Exception e) when (e is MediaException or MediaUnavailableException)
        {
            return entry with { Reason = e.Message };
        }

        // Several looks are a clip's: none of them is about the file as a whole.
        return entry with
        {
            Pictures = [new ExportedPicture("image", name, TimeSpan.Zero, entry.Answers.Count == 1 ? entry.Answers[0] : null)],
        };
    }

    private async Task<ExportEntry> DescribedAsync(StashImage image, bool isIncorrect, CancellationToken cancellationToken)
    {
        var file = image.VisualFiles.Count == 0 ? null : image.VisualFiles[0];
        var logged = await log.ReadAsync(image.Id, cancellationToken);
        var record = await records.ReadAsync(image.Id, cancellationToken);
        return new ExportEntry
        {
            Kind = "image",
            Verdict = isIncorrect ? ExportVerdict.Incorrect : ExportVerdict.Right,
            Image = new ExportedMedia(
                image.Id,
                image.Title ?? "",
                file?.Path,
                file?.Size,
                file?.Duration,
                file?.Fingerprint("md5") ?? file?.Fingerprint("oshash")
            ),
            Tags = [.. image.Tags.Select(tag => tag.Name)],
            OurTags = [.. record.Publication.Tags.Where(tag => image.HasTag(tag.Id)).Select(tag => tag.Name)],
            Model = logged?.Key.Model,
            PromptHash = logged?.Key.QuestionHash,
            Confidence = logged is { Tags.Count: > 0 } ? Math.Round(logged.Tags.Values.Max(), 4) : null,
            Answers = [.. logged?.Records.Select(ExportedAnswer.Of) ?? []],
        };
    }

    private static string ExtensionOf(string path)
    {
        var dot = path.LastIndexOf('.');
        var extension = dot < 0 ? "" : path[(dot + 1)..].ToLowerInvariant();
        return extension.Length is > 0 and <= LongestExtension && extension.All(char.IsAsciiLetterOrDigit) ? $".{extension}" : "";
    }
}

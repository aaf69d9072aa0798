using HavenVlm.Core.Analysis.Images;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>What is read of an image in Stash.</summary>
internal static class ImageSubjects
{
    /// <summary>Its primary file; null = it has none.</summary>
    public static ImageSubject? Of(StashImage image) =>
        image.VisualFiles.Count == 0
            ? null
            : new ImageSubject(image.Id, FingerprintOf(image, image.VisualFiles[0]), image.VisualFiles[0].Path, image.VisualFiles[0].Size);

    /// <summary>The file's fingerprint; without one the image and the file's size, which at least change when the file does.</summary>
    private static string FingerprintOf(StashImage image, StashImageFile file) =>
        file.Fingerprint("md5") ?? file.Fingerprint("oshash") ?? $"image-{image.Id}-{file.Size}";
}

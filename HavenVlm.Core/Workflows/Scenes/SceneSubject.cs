using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>A scene of Stash as the video that is analyzed: its title, its file, what tells it from others and whether it is VR.</summary>
internal static class SceneSubject
{
    private const int LongestTitle = 120;

    /// <summary>The video of a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="vrTag">Name of the tag that marks VR in Stash; null = there is none, or it does not count.</param>
    /// <param name="run">Id of the run.</param>
    /// <exception cref="PermanentFailureException">It has no file.</exception>
    public static VideoSubject Of(StashScene scene, string? vrTag, string run)
    {
        if (scene.Files.Count == 0)
        {
            throw new PermanentFailureException($"Scene {scene.Id} has no file in Stash.");
        }

        var file = scene.Files[0];
        var isVr = vrTag is not null && scene.Tags.Any(t => string.Equals(t.Name, vrTag, StringComparison.OrdinalIgnoreCase));
        return new VideoSubject(
            SceneId.Known(scene.Id),
            TitleOf(scene),
            run,
            new MediaFile(scene.Id, file.Path, file.Size),
            FingerprintOf(scene, file),
            new VrHints(isVr, file.FileName)
        );
    }

    /// <summary>The title for people, of a length that can go around with every progress.</summary>
    public static string ShortTitleOf(StashScene scene)
    {
        var title = TitleOf(scene);
        if (title.Length <= LongestTitle)
        {
            return title;
        }

        var end = char.IsHighSurrogate(title[LongestTitle - 1]) ? LongestTitle - 1 : LongestTitle;
        return title[..end] + "…";
    }

    private static string TitleOf(StashScene scene) =>
        string.IsNullOrEmpty(scene.Title) && scene.Files.Count > 0 ? scene.Files[0].FileName : scene.Title ?? "";

    /// <summary>The file's fingerprint; without one the scene and the file's size, which at least change when the file does.</summary>
    private static string FingerprintOf(StashScene scene, StashFile file) =>
        file.Fingerprint("oshash") ?? file.Fingerprint("md5") ?? $"scene-{scene.Id}-{file.Size}";
}

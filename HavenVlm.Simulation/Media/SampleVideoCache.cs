using System.Security.Cryptography;
using System.Text.Json;

namespace HavenVlm.Simulation.Media;

/// <summary>
/// Sample videos that outlive a run, shared by all programs that use the folder. A video is found by its script, by the ffmpeg that encodes
/// it and by this assembly, which draws it: whatever changes one of them makes another video.
/// </summary>
/// <param name="folder">Where they are kept.</param>
/// <param name="encoder">Makes those that are missing.</param>
internal sealed class SampleVideoCache(string folder, VideoEncoder encoder)
{
    /// <summary>What nobody has asked for this long is of an older program.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    /// <summary>The file of a script's video.</summary>
    public async Task<string> GetAsync(SampleScript script, CancellationToken cancellationToken)
    {
        var place = Path.Combine(folder, await KeyAsync(script, cancellationToken));
        var file = Path.Combine(place, script.FileName);
        if (!File.Exists(file))
        {
            await MakeAsync(script, place, cancellationToken);
            RemoveOld();
        }

        Directory.SetLastWriteTimeUtc(place, DateTime.UtcNow);
        return file;
    }

    private async Task<string> KeyAsync(SampleScript script, CancellationToken cancellationToken)
    {
        var maker = typeof(SampleVideoCache).Assembly.ManifestModule.ModuleVersionId;
        var version = await encoder.VersionAsync(cancellationToken);
        var known = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                maker,
                version,
                script,
            }
        );
        return Convert.ToHexStringLower(SHA256.HashData(known))[..32];
    }

    // Made beside its place and moved as a whole: another program never sees half a video.
    private async Task MakeAsync(SampleScript script, string place, CancellationToken cancellationToken)
    {
        var making = Path.Combine(folder, $"making-{Guid.NewGuid():N}");
        Directory.CreateDirectory(making);
        try
        {
            await encoder.EncodeAsync(script, Path.Combine(making, script.FileName), cancellationToken);
            Directory.Move(making, place);
        }
        catch (IOException) when (Directory.Exists(place))
        {
            // Another program was first.
        }
        finally
        {
            if (Directory.Exists(making))
            {
                Directory.Delete(making, recursive: true);
            }
        }
    }

    private void RemoveOld()
    {
        foreach (var old in new DirectoryInfo(folder).EnumerateDirectories().Where(d => DateTime.UtcNow - d.LastWriteTimeUtc > Kept))
        {
            try
            {
                old.Delete(recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another program was first.
            }
        }
    }
}

using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Pictures;

/// <summary>Opens images by today's settings: from a local file of the right size, else from Stash, which also takes them out of archives.</summary>
internal sealed class ImageMedia(MediaGateway gateway, SettingsSource settings)
{
    /// <summary>Opens an image for ffmpeg.</summary>
    /// <param name="imageId">Its id in Stash.</param>
    /// <param name="path">Path as Stash sees it.</param>
    /// <param name="size">Size in bytes.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MediaException">There is no such file, and <c>stash.media</c> allows no other way.</exception>
    public Task<MediaInput> OpenAsync(string imageId, string path, long size, CancellationToken cancellationToken) =>
        gateway.OpenAsync(MediaLocator.LocateImage(imageId, path, size, settings.Current.Stash), cancellationToken);

    /// <summary>Copies an image's file as it is, if it is one that the reader of pictures recognizes; see <see cref="PictureCopy"/>.</summary>
    /// <exception cref="MediaException">It can never be read, is no image or too large.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public async Task CopyAsync(string imageId, string path, long size, Stream target, CancellationToken cancellationToken)
    {
        await using var input = await OpenAsync(imageId, path, size, cancellationToken);
        await PictureCopy.RunAsync(input, target, cancellationToken);
    }
}

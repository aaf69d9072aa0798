using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Opens a scene's media by today's settings: addresses, keys and path maps are never part of a snapshot.</summary>
internal sealed class SceneMedia(MediaGateway gateway, SettingsSource settings)
{
    public Task<MediaInput> OpenAsync(MediaFile media, CancellationToken cancellationToken) =>
        gateway.OpenAsync(MediaLocator.Locate(media, settings.Current.Stash), cancellationToken);
}

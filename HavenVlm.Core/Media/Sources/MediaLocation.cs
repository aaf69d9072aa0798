namespace HavenVlm.Core.Media.Sources;

/// <summary>Where the bytes of a video or picture come from.</summary>
internal abstract class MediaLocation
{
    private MediaLocation() { }

    /// <summary>A file of this machine.</summary>
    internal sealed class LocalFile(string path) : MediaLocation
    {
        /// <summary>Full path.</summary>
        public string Path { get; } = path;

        public override string ToString() => Path;
    }

    /// <summary>An address of Stash. A class and not a record, so that the key is in nobody's log.</summary>
    internal sealed class RemoteMedia(Uri address, string apiKey) : MediaLocation
    {
        /// <summary>The address, without the key.</summary>
        public Uri Address { get; } = address;

        /// <summary>Sent as header <c>ApiKey</c>; empty = none. A secret.</summary>
        public string ApiKey { get; } = apiKey;

        public override string ToString() => Address.ToString();
    }
}

/// <summary>A scene's primary file as Stash describes it.</summary>
/// <param name="SceneId">Id of the scene.</param>
/// <param name="Path">Path as Stash sees it.</param>
/// <param name="Size">Size in bytes.</param>
internal sealed record MediaFile(string SceneId, string Path, long Size);

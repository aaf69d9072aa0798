namespace HavenVlm.Core.Stash.Publishing;

/// <summary>What the service writes to in Stash.</summary>
internal enum SubjectKind
{
    /// <summary>A video.</summary>
    Scene,

    /// <summary>A picture, or a short loop that Stash keeps among its images.</summary>
    Image,
}

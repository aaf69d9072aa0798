namespace HavenVlm.Core.Media.Framing;

/// <summary>What is known about a scene besides its picture.</summary>
/// <param name="HasVrTag">Whether the scene carries the tag that Stash's <c>ui.vrTag</c> names.</param>
/// <param name="FileName">Name of its file.</param>
internal sealed record VrHints(bool HasVrTag, string FileName);

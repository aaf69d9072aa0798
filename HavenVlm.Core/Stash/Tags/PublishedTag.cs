namespace HavenVlm.Core.Stash.Tags;

/// <summary>A tag by id, and the name it was wanted under.</summary>
internal sealed record PublishedTag(string Id, string Name);

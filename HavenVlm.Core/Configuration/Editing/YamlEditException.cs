namespace HavenVlm.Core.Configuration.Editing;

/// <summary>A text cannot be edited so that only what was meant changes; the message says what stands in the way.</summary>
internal sealed class YamlEditException(string message) : Exception(message);

namespace HavenVlm.Build;

/// <summary>Something is missing or wrong that the person at the terminal can fix; the message says what to do.</summary>
internal sealed class BuildException(string message) : Exception(message);

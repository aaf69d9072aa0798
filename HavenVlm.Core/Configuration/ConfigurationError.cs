namespace HavenVlm.Core.Configuration;

/// <summary>One mistake in the configuration.</summary>
/// <param name="Source">The file, or the environment variable.</param>
/// <param name="Line">Line in the file from 1; 0 = the source has no lines.</param>
/// <param name="Key">Which setting, such as <c>vlm.endpoints[0].weight</c>; empty = the source as a whole.</param>
/// <param name="Message">What was found, what is allowed and how to fix it; free of secrets.</param>
public sealed record ConfigurationError(string Source, int Line, string Key, string Message)
{
    /// <summary><c>file:line: key: message</c>.</summary>
    public override string ToString() => (Line > 0 ? $"{Source}:{Line}: " : $"{Source}: ") + (Key.Length > 0 ? $"{Key}: " : "") + Message;
}

/// <summary>The configuration cannot be used; every mistake in it is named.</summary>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationError> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>All mistakes, in the order of the file, then of the environment.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}

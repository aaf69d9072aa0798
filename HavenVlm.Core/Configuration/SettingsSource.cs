namespace HavenVlm.Core.Configuration;

/// <summary>The settings in force. A host replaces them when the configuration file changed and is still good.</summary>
/// <param name="initial">The settings at start.</param>
public sealed class SettingsSource(HavenOptions initial)
{
    private volatile HavenOptions _current = initial;

    /// <summary>Raised after the settings were replaced, on the thread that replaced them.</summary>
    public event Action<HavenOptions>? Changed;

    /// <summary>The settings in force; immutable, so read once and use for a whole operation.</summary>
    public HavenOptions Current => _current;

    /// <summary>Puts new settings in force.</summary>
    public void Replace(HavenOptions options)
    {
        _current = options;
        Changed?.Invoke(options);
    }
}

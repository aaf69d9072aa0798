using HavenVlm.Core.Configuration;
using HavenVlm.Functions.Storage;

namespace HavenVlm.Functions.Hosting;

/// <summary>
/// The settings: the file that <c>HAVEN_CONFIG</c> names, else <c>haven.yaml</c> beside the app, else the blob <c>config/haven.yaml</c>,
/// else none; and the app settings over it.
/// </summary>
internal sealed class SettingsFile(IReadOnlyDictionary<string, string> appSettings, string folder, ConfigurationBlob blob)
{
    private const string FileName = "haven.yaml";
    private Storage.ConfigurationFile? _read;

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">They cannot be used; all mistakes are named.</exception>
    public async Task<HavenOptions> LoadAsync(CancellationToken cancellationToken)
    {
        if (FindFile() is { } file)
        {
            return Checked(ConfigurationLoader.Load(file, appSettings).Options);
        }

        _read = await blob.ReadAsync(known: null, cancellationToken);
        return Parse(_read);
    }

    /// <summary>Reads the blob again; null = it is as it was, or a file is used instead.</summary>
    /// <exception cref="ConfigurationException">What it holds now cannot be used.</exception>
    public async Task<HavenOptions?> ReadChangeAsync(CancellationToken cancellationToken)
    {
        if (FindFile() is not null)
        {
            return null;
        }

        var now = await blob.ReadAsync(_read, cancellationToken);
        if (string.Equals(now?.Version, _read?.Version, StringComparison.Ordinal))
        {
            return null;
        }

        _read = now;
        return Parse(now);
    }

    private HavenOptions Parse(Storage.ConfigurationFile? file) =>
        Checked(ConfigurationLoader.LoadText(file?.Text ?? "", file is null ? "app settings" : blob.Location, folder, appSettings).Options);

    private string? FindFile()
    {
        if (appSettings.TryGetValue(Core.Configuration.ConfigurationFile.Variable, out var named) && named.Length > 0)
        {
            return named;
        }

        var beside = Path.Combine(folder, FileName);
        return File.Exists(beside) ? beside : null;
    }

    // Across the internet a Stash without a key is open to everybody, and so would be what we write to it.
    private HavenOptions Checked(HavenOptions options)
    {
        var isAllowed =
            appSettings.TryGetValue(AppSettings.AllowStashWithoutKey, out var allowed)
            && allowed.Equals("true", StringComparison.OrdinalIgnoreCase);
        return options.Stash.ApiKey.Length > 0 || isAllowed
            ? options
            : throw new ConfigurationException([
                new ConfigurationError(
                    "app settings",
                    0,
                    "stash.apiKey",
                    "is empty: a Stash that this app can reach is reached by others, too. Set a password in Stash (Settings, Security), make "
                        + "an API key there and give it as the app setting HavenVlm__Stash__ApiKey; or set "
                        + $"{AppSettings.AllowStashWithoutKey}=true if nobody else can reach this Stash"
                ),
            ]);
    }
}

using System.Runtime.CompilerServices;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Looks at everything that tagging needs, by really using it; changes nothing.</summary>
public sealed class SystemDiagnosis
{
    private readonly SettingsSource _settings;
    private readonly IReadOnlyList<ISystemCheck> _checks;

    internal SystemDiagnosis(SettingsSource settings, IReadOnlyList<ISystemCheck> checks)
    {
        _settings = settings;
        _checks = checks;
    }

    /// <summary>The findings, each as soon as it is known. Nothing is thrown but cancellation.</summary>
    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = _settings.Current;
        foreach (var check in _checks)
        {
            await foreach (var finding in check.RunAsync(options, cancellationToken))
            {
                yield return finding;
            }
        }
    }
}

/// <summary>Looks at one thing.</summary>
internal interface ISystemCheck
{
    /// <summary>The findings; nothing is thrown but cancellation.</summary>
    IAsyncEnumerable<Finding> RunAsync(HavenOptions options, CancellationToken cancellationToken);
}

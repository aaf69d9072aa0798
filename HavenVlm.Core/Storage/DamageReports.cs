using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Storage;

/// <summary>An artifact that could not be read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Message">What is damaged, where it is kept, and what that means.</param>
/// <param name="At">When it was found.</param>
public sealed record DamagedArtifact(string Name, string Message, DateTimeOffset At);

/// <summary>Reports each damage of the data once: in the log, in the status, and with the scene that it concerns.</summary>
public sealed class DamageReports(ILogger<DamageReports> logger, TimeProvider time)
{
    private const int Kept = 100;

    private readonly Lock _sync = new();
    private readonly List<(DamagedArtifact Damage, bool Told)> _found = [];

    /// <summary>The latest damage found by this process, oldest first.</summary>
    public IReadOnlyList<DamagedArtifact> Latest
    {
        get
        {
            lock (_sync)
            {
                return [.. _found.Select(found => found.Damage)];
            }
        }
    }

    /// <summary>Reports a damage; the same one again is not reported.</summary>
    public void Add(string name, string message)
    {
        lock (_sync)
        {
            if (_found.Any(found => found.Damage.Name == name && found.Damage.Message == message))
            {
                return;
            }

            _found.Add((new DamagedArtifact(name, message, time.GetUtcNow()), Told: false));
            _found.RemoveRange(0, Math.Max(0, _found.Count - Kept));
        }

        logger.LogWarning("{Damage}", message);
    }

    /// <summary>What was found in these artifacts and was not taken before, for the status of whoever works with them.</summary>
    public IReadOnlyList<string> Take(params IReadOnlyCollection<string> names)
    {
        var messages = new List<string>();
        lock (_sync)
        {
            for (var i = 0; i < _found.Count; i++)
            {
                if (!_found[i].Told && names.Contains(_found[i].Damage.Name, StringComparer.Ordinal))
                {
                    messages.Add(_found[i].Damage.Message);
                    _found[i] = (_found[i].Damage, Told: true);
                }
            }
        }

        return messages;
    }
}

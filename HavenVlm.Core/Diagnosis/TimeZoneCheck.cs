using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;

namespace HavenVlm.Core.Diagnosis;

/// <summary>In which time zone hours and the schedule are read: in a container, or without time zone data, that is UTC unless somebody says otherwise.</summary>
internal sealed class TimeZoneCheck(TimeProvider time) : ISystemCheck
{
    private const string Subject = "time zone";
    private static readonly string[] NamesOfUtc = ["UTC", "UCT", "Zulu", "Universal", "Greenwich", "GMT", "GMT0", "GMT+0", "GMT-0", "UTC0"];

    public IAsyncEnumerable<Finding> RunAsync(HavenOptions options, CancellationToken cancellationToken) =>
        new[] { Find(options, time, ContainerRuntime.IsHere) }.OfType<Finding>().ToAsyncEnumerable();

    /// <summary>What there is to say; null = nothing that is configured goes by the time of day.</summary>
    public static Finding? Find(HavenOptions options, TimeProvider time, bool isContainer) =>
        GoesByTimeOfDay(options)
            ? Judge(Environment.GetEnvironmentVariable("TZ"), time.LocalTimeZone, time.GetLocalNow().Offset, isContainer)
            : null;

    /// <summary>What there is to say about a zone.</summary>
    /// <param name="variable">The environment's <c>TZ</c>; null = not set.</param>
    /// <param name="zone">The zone that .NET made of it, or found.</param>
    /// <param name="offset">Its distance from UTC now.</param>
    /// <param name="isContainer">Whether this is a container.</param>
    internal static Finding Judge(string? variable, TimeZoneInfo zone, TimeSpan offset, bool isContainer)
    {
        var named = (variable ?? "").TrimStart(':');
        var isUtc = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;
        // An unknown name is read as UTC without a word.
        if (isUtc && named.Length > 0 && named != zone.Id && !NamesOfUtc.Contains(named.Split('/')[^1], StringComparer.OrdinalIgnoreCase))
        {
            return Finding.Warning(
                Subject,
                $"hours and the schedule are read in UTC: this system does not know \"{named}\", which TZ names. Correct the name, or install the "
                    + "time zone data (package tzdata)."
            );
        }

        return isUtc && named.Length == 0 && isContainer
            ? Finding.Warning(Subject, "hours and the schedule are read in UTC: set TZ for this container, such as TZ=Europe/Berlin.")
            : Finding.Good(
                Subject,
                $"hours and the schedule are read in {(isUtc ? "UTC" : zone.Id)} ({Sign(offset)}{offset:hh\\:mm} from UTC now)"
            );
    }

    // A schedule that runs at every hour is the same everywhere.
    private static bool GoesByTimeOfDay(HavenOptions options) =>
        options.Vlm.Endpoints.Any(endpoint => endpoint.Hours.Length > 0)
        || (
            options.Sweep is { Enabled: true, Schedule: { Length: > 0 } schedule }
            && schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: >= 5 } fields
            && fields[^4..].Any(field => field != "*")
        );

    private static string Sign(TimeSpan offset) => offset < TimeSpan.Zero ? "-" : "+";
}

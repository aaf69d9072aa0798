using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Local.Server;

/// <summary>Logs what a server starts with: the first lines that whoever looks into a log wants to see.</summary>
internal static class StartReport
{
    /// <summary>Logs the version, Stash, the model servers, what starts work, and the address of the page.</summary>
    public static void Write(ILogger logger, HavenOptions options, StashHealth stash, TimeProvider time, string page)
    {
        logger.LogInformation("Haven VLM {Version}, page and API at {Page}", StatusReport.Version, page);
        if (stash.Reachable is true)
        {
            logger.LogInformation("Stash {Version} at {Url}", stash.Version, options.Stash.Url);
        }

        foreach (var endpoint in options.Vlm.Endpoints)
        {
            var model = endpoint.Model.Length > 0 ? endpoint.Model : options.Vlm.Model;
            logger.LogInformation("Model server {Name}: {Model} at {Url}", endpoint.Name, model, endpoint.BaseUrl);
        }

        logger.LogInformation("{Starts}", Starts(options.Sweep));
        if (TimeZoneCheck.Find(options, time, ContainerRuntime.IsHere) is { Kind: FindingKind.Warning } zone)
        {
            logger.LogWarning("{Zone}", zone.Message);
        }
    }

    private static string Starts(SweepOptions sweep)
    {
        if (!sweep.Enabled)
        {
            return "Request tags are not checked (sweep.enabled: false)";
        }

        var watch = sweep.Watch is { } interval && interval > TimeSpan.Zero ? $"every {interval.TotalSeconds:0.###} s, and " : "";
        return $"Request tags are checked {watch}by the schedule {sweep.Schedule}";
    }
}

using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool;

namespace HavenVlm.Core.Api;

/// <summary>What keeps work from going on.</summary>
/// <param name="Subject">What it is about: one of the constants.</param>
/// <param name="NeedsUser">Whether only a change of the configuration or the machine helps; false = it is an outage that may pass.</param>
/// <param name="Message">What happened and what to do; free of secrets.</param>
public sealed record StatusProblem(string Subject, bool NeedsUser, string Message)
{
    /// <summary>It is about Stash.</summary>
    public const string Stash = "stash";

    /// <summary>It is about all model servers together.</summary>
    public const string ModelServers = "model servers";

    /// <summary>It is about ffmpeg on this machine.</summary>
    public const string Ffmpeg = "ffmpeg";
}

/// <summary>Tells from what this process saw last why work does not go on; asks nobody.</summary>
internal sealed class StatusProblems(StashTransport stash, EndpointPool pool, FfmpegLocator ffmpeg)
{
    /// <summary>All problems at present; empty = none is known.</summary>
    public IReadOnlyList<StatusProblem> Find()
    {
        List<StatusProblem> problems = [];
        if (stash.Health is { Reachable: false, Message: { } message } health)
        {
            problems.Add(new StatusProblem(StatusProblem.Stash, health.NeedsUser, message));
        }

        if (pool.FindOutage() is { } outage)
        {
            problems.Add(
                new StatusProblem(StatusProblem.ModelServers, outage.NeedsUser, outage.NeedsUser ? Misconfigured() : outage.Message)
            );
        }

        if (ffmpeg.Problem is { } missing)
        {
            problems.Add(new StatusProblem(StatusProblem.Ffmpeg, NeedsUser: true, missing));
        }

        return problems;
    }

    private string Misconfigured() =>
        string.Join(
            Environment.NewLine,
            pool.Snapshot()
                .Where(endpoint => endpoint.State == EndpointState.Misconfigured)
                .Select(endpoint => $"Endpoint {endpoint.Name} is misconfigured: {endpoint.Message}")
        );
}

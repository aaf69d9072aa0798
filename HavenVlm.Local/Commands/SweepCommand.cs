using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core;
using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows;
using HavenVlm.Core.Workflows.Sweeping;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven sweep</c>: looks for request tags once, as the timer does, and follows until what was found is done.</summary>
internal static class SweepCommand
{
    public static Command Create(Surroundings surroundings, Option<string?> config)
    {
        var json = JsonOption.Create();
        var command = new Command("sweep", "Looks for VLM_TagMe and VLM_UpdateMe now and does what they ask for.") { json };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(surroundings, surroundings.Load(parsed.GetValue(config)), parsed.GetValue(json), cancellationToken)
        );
        return command;
    }

    private static Task<int> RunAsync(
        Surroundings surroundings,
        LoadedConfiguration configuration,
        bool asJson,
        CancellationToken cancellationToken
    ) =>
        Work.RunAsync(
            surroundings,
            configuration,
            asJson,
            async (session, view, token) =>
            {
                var id = await session.SweepAsync(token);
                var sweep = await InstanceFollower.FollowAsync(session, id, view, surroundings.Time, token);
                List<InstanceResponse> requests = [];
                foreach (var request in Requests(sweep))
                {
                    requests.Add(await InstanceFollower.FollowAsync(session, request, view, surroundings.Time, token));
                }

                return () => Print(surroundings.Terminal, sweep, requests, asJson);
            },
            cancellationToken
        );

    private static int Print(Terminal terminal, InstanceResponse sweep, List<InstanceResponse> requests, bool asJson)
    {
        if (sweep.RuntimeStatus is not nameof(RuntimeStatus.Completed))
        {
            return RequestOutcome.Print(terminal, [sweep], asJson);
        }

        if (requests.Count == 0 && !asJson)
        {
            terminal.Print("Nothing carries a request tag.");
        }

        return RequestOutcome.Print(terminal, requests, asJson);
    }

    private static IReadOnlyList<string> Requests(InstanceResponse sweep) =>
        sweep.Output is { ValueKind: JsonValueKind.Object } output
            ? output.Deserialize<SweepOutput>(HavenJson.Options)?.Requests ?? []
            : [];
}

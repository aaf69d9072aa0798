using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Sweeping;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven sweep</c>: looks for request tags once, as the timer does, and follows until what was found is done.</summary>
internal static class SweepCommand
{
    public static Command Create(CommandContext context, Option<string?> config)
    {
        var json = JsonOption.Create();
        var wait = WaitOption.Create();
        var command = new Command("sweep", "Processes VLM_TagMe and VLM_UpdateMe now.") { wait, json };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    context,
                    context.Load(parsed.GetValue(config)),
                    new CommandWorkOptions(parsed.GetValue(json), parsed.GetValue(wait), OutagePolicy.Everything),
                    cancellationToken
                )
        );
        return command;
    }

    private static Task<int> RunAsync(
        CommandContext context,
        LoadedConfiguration configuration,
        CommandWorkOptions style,
        CancellationToken cancellationToken
    ) =>
        CommandWork.RunAsync(
            context,
            configuration,
            style,
            async (session, follow, token) =>
            {
                var id = await session.SweepAsync(token);
                var sweep = await follow(id);
                List<InstanceResponse> requests = [];
                foreach (var request in Requests(sweep))
                {
                    requests.Add(await follow(request));
                }

                return () => Print(context.Terminal, sweep, requests, style.AsJson);
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

    private static IReadOnlyList<InstanceId> Requests(InstanceResponse sweep) =>
        sweep.Output is { ValueKind: JsonValueKind.Object } output
            ? output.Deserialize<SweepOutput>(HavenJson.Options)?.Requests ?? []
            : [];
}

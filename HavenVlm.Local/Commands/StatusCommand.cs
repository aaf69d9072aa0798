using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Commands.Progress;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Sessions;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven status</c>: what the server is doing, or what is left to do when none runs.</summary>
internal static class StatusCommand
{
    private const int Shown = 20;

    private static readonly RuntimeStatus[] Active = [RuntimeStatus.Pending, RuntimeStatus.Running, RuntimeStatus.Suspended];
    private static readonly RuntimeStatus[] Ended = [RuntimeStatus.Completed, RuntimeStatus.Failed, RuntimeStatus.Terminated];

    public static Command Create(CommandContext context, Option<string?> config)
    {
        var json = JsonOption.Create();
        var command = new Command("status", "Shows what the server is doing, or what is pending when none runs.") { json };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(context, context.Load(parsed.GetValue(config)), parsed.GetValue(json), cancellationToken)
        );
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context,
        LoadedConfiguration configuration,
        bool asJson,
        CancellationToken cancellationToken
    )
    {
        var terminal = context.Terminal;
        await using var server = await HavenSessions.FindServerAsync(configuration.Options, context.Time, cancellationToken);
        if (server is null)
        {
            PrintJournal(terminal, configuration.Options.Storage.DataDir, asJson);
            return ExitCode.Done;
        }

        var status = await server.StatusAsync(cancellationToken);
        if (asJson)
        {
            PrintJson(terminal, new StatusDocument(server.Address, status.Running, status.Recent, status));
        }
        else
        {
            Print(terminal, server.Address, status);
        }

        return ExitCode.Done;
    }

    private static void PrintJournal(Terminal terminal, string dataFolder, bool asJson)
    {
        var file = new JournalFile(dataFolder);
        var (running, recent) = file.Exists ? (Read(file, Active), Read(file, Ended)) : ([], []);
        file.Close();
        if (asJson)
        {
            PrintJson(terminal, new StatusDocument(Server: null, running, recent, Status: null));
            return;
        }

        terminal.Print($"No server runs on {dataFolder}; `haven serve` starts one.");
        PrintInstances(terminal, "Continues at the next start", running);
        PrintInstances(terminal, "Ended", recent);
    }

    private static IReadOnlyList<InstanceResponse> Read(JournalFile file, RuntimeStatus[] statuses) =>
        [
            .. new InstanceReader(file)
                .List(new InstanceQuery { Statuses = statuses, Top = Shown })
                .Instances.Select(instance => new InstanceResponse
                {
                    Name = instance.Name,
                    InstanceId = instance.InstanceId,
                    RuntimeStatus = instance.RuntimeStatus.ToString(),
                    CustomStatus = instance.CustomStatus,
                    Output = instance.Output,
                    CreatedTime = instance.CreatedTime,
                    LastUpdatedTime = instance.LastUpdatedTime,
                }),
        ];

    private static void Print(Terminal terminal, string address, StatusResponse status)
    {
        terminal.Print($"Haven VLM {status.Version} at {address}, since {status.StartedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss}");
        var stash =
            status.Stash.Reachable is false ? $"does not answer: {status.Stash.Message}"
            : status.Stash.Version is { } version ? $"answers, version {version}"
            : "was not asked yet";
        terminal.Print($"Stash at {status.Stash.Url}: {stash}");
        foreach (var endpoint in status.Endpoints)
        {
            terminal.Print(Line(endpoint));
        }

        foreach (var damage in status.Damaged)
        {
            terminal.Print($"Damaged: {damage.Message}");
        }

        PrintInstances(terminal, "Running", status.Running);
        PrintInstances(terminal, "Ended", status.Recent);
    }

    private static string Line(EndpointStatus endpoint)
    {
        var latency = endpoint.LatencyP50 is { } usual ? $", usually {usual.TotalSeconds:0.0} s" : "";
        var message = endpoint.Message.Length > 0 ? $": {endpoint.Message}" : "";
        return $"Endpoint {endpoint.Name}: {endpoint.State}, {endpoint.InFlight} of {endpoint.Slots} slots in use, "
            + $"{endpoint.Requests} requests, {endpoint.Errors} errors{latency}{message}";
    }

    private static void PrintInstances(Terminal terminal, string title, IReadOnlyList<InstanceResponse> instances)
    {
        foreach (var instance in instances.Take(Shown))
        {
            var progress = instance.CustomStatus is { ValueKind: JsonValueKind.Object } custom
                ? custom.Deserialize<ProgressStatus>(HavenJson.Options)
                : null;
            var reason = instance.Output is { ValueKind: JsonValueKind.String } text ? $": {text.GetString()}" : "";
            var detail = reason.Length == 0 && progress is not null ? $": {ProgressText.Line(progress)}" : reason;
            terminal.Print($"{title}: {instance.InstanceId} {instance.RuntimeStatus}{detail}");
        }
    }

    private static void PrintJson(Terminal terminal, StatusDocument document) =>
        terminal.Print(JsonSerializer.Serialize(document, HavenJson.Options));

    private sealed record StatusDocument(
        string? Server,
        IReadOnlyList<InstanceResponse> Running,
        IReadOnlyList<InstanceResponse> Recent,
        StatusResponse? Status
    );
}

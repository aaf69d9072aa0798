using System.Text.Json;
using HavenVlm.Core;
using HavenVlm.Core.Api;
using HavenVlm.Core.Workflows;
using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Local.Commands;

/// <summary>Prints what became of requests for scenes.</summary>
internal static class RequestOutcome
{
    /// <summary>Prints the requests and gives the exit code.</summary>
    public static int Print(Terminal terminal, IReadOnlyList<InstanceResponse> requests, bool asJson)
    {
        if (asJson)
        {
            object document = requests.Count == 1 ? requests[0] : requests;
            terminal.Print(JsonSerializer.Serialize(document, document.GetType(), HavenJson.Options));
        }

        var exitCode = ExitCode.Done;
        foreach (var request in requests)
        {
            var isGood = asJson ? Output(request) is { Failed: 0, Terminated: 0 } : PrintOne(terminal, request);
            exitCode = isGood ? exitCode : ExitCode.Failed;
        }

        return exitCode;
    }

    private static bool PrintOne(Terminal terminal, InstanceResponse request)
    {
        if (Output(request) is not { } output)
        {
            var reason = request.Output is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
            terminal.Note(
                $"{request.InstanceId} {(request.RuntimeStatus is nameof(RuntimeStatus.Failed) ? "failed" : "was terminated")}: {reason}"
            );
            return false;
        }

        foreach (var change in output.Changes)
        {
            terminal.Print(change);
        }

        foreach (var failure in output.Failures)
        {
            terminal.Note($"Scene {failure.SceneId} failed: {failure.Reason}");
        }

        terminal.Print($"{output.Done} done, {output.Failed} failed, {output.Skipped} skipped, {output.Terminated} terminated.");
        return output is { Failed: 0, Terminated: 0 };
    }

    private static TagScenesOutput? Output(InstanceResponse request) =>
        request is { RuntimeStatus: nameof(RuntimeStatus.Completed), Output: { ValueKind: JsonValueKind.Object } output }
            ? output.Deserialize<TagScenesOutput>(HavenJson.Options)
            : null;
}

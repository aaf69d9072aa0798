using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Local.Commands;

/// <summary>Prints what became of requests for scenes.</summary>
internal static class RequestOutcome
{
    /// <summary>Prints the requests and gives the exit code.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="requests">The requests, ended.</param>
    /// <param name="asJson">Whether only JSON is printed.</param>
    /// <param name="isDryRun">Whether nothing was written, so that no change at all deserves a word.</param>
    public static int Print(Terminal terminal, IReadOnlyList<InstanceResponse> requests, bool asJson, bool isDryRun = false)
    {
        if (asJson)
        {
            object document = requests.Count == 1 ? requests[0] : requests;
            terminal.Print(JsonSerializer.Serialize(document, document.GetType(), HavenJson.Options));
        }

        var exitCode = ExitCode.Done;
        foreach (var request in requests)
        {
            var isGood =
                request.Name is WorkflowNames.TagImages ? ImagesCommand.PrintOutcome(terminal, request, asJson)
                : asJson ? EndedInstance.OutputOf<TagScenesOutput>(request) is { Failed: 0, Terminated: 0 }
                : PrintOne(terminal, request, isDryRun);
            exitCode = isGood ? exitCode : ExitCode.Failed;
        }

        return exitCode;
    }

    private static bool PrintOne(Terminal terminal, InstanceResponse request, bool isDryRun)
    {
        if (EndedInstance.OutputOf<TagScenesOutput>(request) is not { } output)
        {
            EndedInstance.PrintEnd(terminal, request);
            return false;
        }

        foreach (var result in output.Results)
        {
            terminal.Print(result);
        }

        var unnamed = output.Done + output.Skipped - output.Results.Count;
        if (output.Results.Count > 0 && unnamed > 0)
        {
            terminal.Print($"... and {TimeText.Count(unnamed, "scene")} more");
        }

        foreach (var change in output.Changes)
        {
            terminal.Print(change);
        }

        if (isDryRun && output.Done > 0 && output.Changes.Count == 0)
        {
            terminal.Print("Nothing would be written: Stash already has it, or it is yours.");
        }

        foreach (var failure in output.Failures)
        {
            var title = failure.Title.Length > 0 ? $" \"{failure.Title}\"" : "";
            terminal.Note($"Scene {failure.SceneId}{title} failed: {failure.Reason}");
        }

        var isEmpty = output.Done + output.Failed + output.Skipped + output.Terminated == 0;
        terminal.Print(
            isEmpty
                ? "No scenes to process."
                : $"{output.Done} done, {output.Failed} failed, {output.Skipped} skipped, {output.Terminated} terminated."
        );
        return output.Failed + output.Terminated == 0;
    }
}

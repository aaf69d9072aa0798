using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HavenVlm.Simulation.Stash.Plugins;

/// <summary>What a plugin's process came to.</summary>
internal sealed record PluginResult(JsonNode? Output, string? Error);

/// <summary>Runs a plugin of the interface <c>raw</c>: one JSON document in, one out, log and progress on standard error.</summary>
internal static class PluginProcess
{
    /// <summary>Runs it to its end. Cancelled, the process is killed: nothing in it gets to know.</summary>
    public static async Task<PluginResult> RunAsync(
        IReadOnlyList<string> command,
        JsonObject input,
        PluginLogReader log,
        CancellationToken cancellation
    )
    {
        using var process = Start(command);
        await using var kill = cancellation.Register(() => Kill(process));
        var errors = log.ReadAsync(process.StandardError.BaseStream, CancellationToken.None);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.StandardInput.WriteAsync(input.ToJsonString());
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; what it printed says why.
        }

        var printed = await output;
        await errors;
        await process.WaitForExitAsync(CancellationToken.None);
        var result = Read(printed);
        return process.ExitCode != 0 && result.Error is null ? result with { Error = $"exit status {process.ExitCode}" } : result;
    }

    private static Process Start(IReadOnlyList<string> command)
    {
        if (command.Count == 0)
        {
            throw new InvalidOperationException("empty exec value");
        }

        // Stash looks for python3 first, whichever of both names the plugin gives.
        foreach (var program in command[0] is "python" or "python3" ? ["python3", "python"] : new[] { command[0] })
        {
            var start = new ProcessStartInfo(program)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                WorkingDirectory = Path.GetTempPath(),
            };
            foreach (var argument in command.Skip(1))
            {
                start.ArgumentList.Add(argument);
            }

            try
            {
                return Process.Start(start)!;
            }
            catch (Win32Exception)
            {
                // The next name.
            }
        }

        throw new InvalidOperationException($"exec: \"{command[0]}\": executable file not found in $PATH");
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    /// <summary>What is no such document is the output itself, as text.</summary>
    private static PluginResult Read(string printed)
    {
        try
        {
            return JsonNode.Parse(printed) is JsonObject document
                ? new PluginResult(document["output"]?.DeepClone(), document["error"]?.GetValue<string>())
                : new PluginResult(printed, null);
        }
        catch (JsonException)
        {
            return new PluginResult(printed, null);
        }
    }
}

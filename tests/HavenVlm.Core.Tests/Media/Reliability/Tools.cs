using System.Diagnostics;

namespace HavenVlm.Core.Tests.Media.Reliability;

/// <summary>Runs small programs of the system.</summary>
internal static class Tools
{
    public static async Task RunAsync(string program, params string[] arguments) =>
        Assert.True(await TryAsync(program, arguments), $"{program} {string.Join(' ', arguments)} failed.");

    /// <summary>Whether it is there and ends well.</summary>
    public static async Task<bool> TryAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    UseShellExecute = false,
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                }
            )!;
            var errors = process.StandardError.ReadToEndAsync();
            await process.StandardOutput.ReadToEndAsync();
            await errors;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

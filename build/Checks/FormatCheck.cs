using HavenVlm.Build.Running;

namespace HavenVlm.Build.Checks;

/// <summary>Whether every source is formatted by CSharpier.</summary>
internal static class FormatCheck
{
    /// <summary>Checks, and shows what differs.</summary>
    public static async Task<bool> PassesAsync(Screen screen, DotNet dotnet, CancellationToken cancellation)
    {
        screen.Say("Checking the format ...");
        var ended = await dotnet.RunAsync(["tool", "restore"], cancellation);
        if (ended.IsSuccess)
        {
            ended = await dotnet.RunAsync(["csharpier", "check", "."], cancellation);
            if (ended.IsSuccess)
            {
                return true;
            }
        }

        foreach (var line in ended.Lines)
        {
            screen.Write(line);
        }

        screen.Write("The format differs: dotnet csharpier format .");
        return false;
    }
}

using System.Globalization;

namespace HavenVlm.Core.Tests.Media;

/// <summary>Looks at the processes that this one started, as the system lists them.</summary>
internal static class OwnProcesses
{
    /// <summary>Ids of the processes whose command line begins with a program and names a file.</summary>
    public static IReadOnlyList<int> Of(string program, string file)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("Only Linux lists the command lines of processes as files.");
        }

        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && CommandLine(id) is { } line
            )
            {
                if (line.Contains($"{program}\0", StringComparison.Ordinal) && line.Contains(file, StringComparison.Ordinal))
                {
                    found.Add(id);
                }
            }
        }

        return found;
    }

    /// <summary>Waits until a process uses no more processor time: it is blocked.</summary>
    public static async Task UntilIdleAsync(int id)
    {
        for (var (before, quiet) = (-1L, 0); quiet < 3; )
        {
            await Task.Delay(50);
            var now = Ticks(id);
            quiet = now == before ? quiet + 1 : 0;
            before = now;
        }
    }

    private static long Ticks(int id)
    {
        var fields = File.ReadAllText($"/proc/{id}/stat").Split(')')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    private static string? CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            return null;
        }
    }
}

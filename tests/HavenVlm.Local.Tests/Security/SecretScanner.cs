using System.Text;

namespace HavenVlm.Local.Tests.Security;

/// <summary>Looks for secrets wherever they could be written.</summary>
internal sealed class SecretScanner(IReadOnlyList<string> secrets)
{
    private readonly byte[][] _patterns =
    [
        .. secrets.SelectMany(secret =>
            (byte[][])
                [
                    Encoding.UTF8.GetBytes(secret),
                    Encoding.Unicode.GetBytes(secret),
                    // In base64 the beginning depends on what stands before it; the middle has three forms.
                    .. Enumerable
                        .Range(0, 3)
                        .Select(i => Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret[i..(i + 9)])))),
                ]
        ),
    ];

    /// <summary>Places in which a secret was found.</summary>
    public List<string> Found { get; } = [];

    /// <summary>Texts and files that were looked through.</summary>
    public int Looked { get; private set; }

    public void Look(string place, string text) => Look(place, Encoding.UTF8.GetBytes(text));

    public void LookThrough(string folder, params IEnumerable<string> except)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Except(except, StringComparer.Ordinal))
        {
            // As it is on disk, also while a database has it open.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            Look(file, content.ToArray());
        }
    }

    /// <summary>Command lines of all processes, as long as it is not told to stop; it returns how many different ones there were.</summary>
    public async Task<int> WatchProcessesAsync(CancellationToken stop)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!stop.IsCancellationRequested)
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
            {
                if (Read(Path.Combine(process, "cmdline")) is { Length: > 0 } line && seen.Add(line))
                {
                    Look($"command line of {process}", line);
                }
            }

            await Task.Delay(10, CancellationToken.None);
        }

        return seen.Count(line => line.Contains("ffmpeg", StringComparison.Ordinal));
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Look(string place, ReadOnlySpan<byte> bytes)
    {
        Looked++;
        for (var i = 0; i < _patterns.Length; i++)
        {
            if (bytes.IndexOf(_patterns[i]) is var at and >= 0)
            {
                var around = bytes[Math.Max(0, at - 80)..Math.Min(bytes.Length, at + 80)];
                Found.Add($"{place}: {secrets[i / 5]}: {Encoding.UTF8.GetString(around)}");
            }
        }
    }
}

using System.Globalization;
using System.Text;

namespace HavenVlm.Simulation.Stash.Plugins;

/// <summary>Reads what a plugin writes to standard error as Stash does: SOH, level, STX, message. Other lines are errors.</summary>
internal sealed class PluginLogReader(string plugin, StashLog log, IProgress<double> progress)
{
    private const int LongestLine = 64 * 1024;

    /// <summary>Until the stream ends, or a line is too long: after that Stash reads nothing more.</summary>
    public async Task ReadAsync(Stream source, CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        using var line = new MemoryStream();
        int read;
        while ((read = await source.ReadAsync(buffer, cancellation)) > 0)
        {
            foreach (var value in buffer.AsMemory(0, read).ToArray())
            {
                if (value != (byte)'\n')
                {
                    line.WriteByte(value);
                    if (line.Length >= LongestLine)
                    {
                        return;
                    }
                }
                else
                {
                    Take(Encoding.UTF8.GetString(line.ToArray()));
                    line.SetLength(0);
                }
            }
        }

        Take(Encoding.UTF8.GetString(line.ToArray()));
    }

    private void Take(string line)
    {
        var text = line.TrimEnd('\r');
        if (text.Length == 0)
        {
            return;
        }

        var level = text is ['\u0001', _, '\u0002', _, ..] ? LevelOf(text[1]) : null;
        if (level == "progress")
        {
            TakeProgress(text[3..].Trim());
        }
        else
        {
            log.Add(level ?? "error", $"[Plugin / {plugin}] {(level is null ? text : text[3..].Trim())}");
        }
    }

    private void TakeProgress(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            progress.Report(value);
        }
        else
        {
            log.Add("error", $"Error parsing progress value '{text}': invalid syntax");
        }
    }

    private static string? LevelOf(char letter) =>
        letter switch
        {
            't' => "trace",
            'd' => "debug",
            'i' => "info",
            'w' => "warning",
            'e' => "error",
            'p' => "progress",
            _ => null,
        };
}

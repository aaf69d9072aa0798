using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HavenVlm.Core.Tests.Media.Reliability;

/// <summary>
/// An ffmpeg and an ffprobe that tell which files and addresses the real ones open, by strace. What they tell comes through a named pipe: files
/// they may not write, like the real ones.
/// </summary>
internal sealed partial class Tracing : IAsyncDisposable
{
    private readonly Process _reader;
    private readonly string _pipe;
    private readonly Task<string> _lines;

    private Tracing(string folder, string pipe)
    {
        Folder = folder;
        _pipe = pipe;
        // Opened for both, so that it does not end between two programs.
        _reader = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", "exec cat <> \"$0\"", pipe]) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        _lines = ReadAsync(_reader.StandardOutput);
    }

    /// <summary>The folder with the two programs.</summary>
    public string Folder { get; }

    /// <summary>Begins, or null where there is no strace or it may not look at processes.</summary>
    public static async Task<Tracing?> TryStartAsync(string folder, string ffmpeg, string ffprobe)
    {
        if (!OperatingSystem.IsLinux() || !await Tools.TryAsync("strace", "-D", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "true"))
        {
            return null;
        }

        Directory.CreateDirectory(folder);
        var pipe = Path.Combine(folder, "told");
        await Tools.RunAsync("mkfifo", pipe);
        foreach (var (name, real) in new[] { ("ffmpeg", ffmpeg), ("ffprobe", ffprobe) })
        {
            var program = Path.Combine(folder, name);
            await File.WriteAllTextAsync(
                program,
                $"#!/bin/sh\nexec strace -D -f -qq --seccomp-bpf -s 600 -e abbrev=none -e status=successful,failed -e trace=open,openat,openat2,connect,execve,clone,clone3,fork,vfork -o '{pipe}' '{real}' \"$@\"\n"
            );
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return new Tracing(folder, pipe);
    }

    /// <summary>Ends, and gives everything that was opened, as the calls that did it.</summary>
    public async Task<IReadOnlyList<string>> EndAsync()
    {
        await Tools.RunAsync("/bin/sh", "-c", "echo '0 end()' > \"$0\"", _pipe);
        return (await _lines).Split('\n');
    }

    /// <summary>
    /// The calls that are none of a decoder's business: opening what is neither the film on its own command line nor the system's, connecting,
    /// starting a program. With them, how many files of the system and films were opened.
    /// </summary>
    public static (IReadOnlyList<string> Strange, int Films, int Programs) Judge(IReadOnlyList<string> calls)
    {
        var films = new Dictionary<int, string>();
        var (strange, opened, programs) = (new List<string>(), 0, 0);
        foreach (var call in calls)
        {
            var match = CallPattern().Match(call);
            if (!match.Success)
            {
                continue;
            }

            var id = int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture);
            var first = TextPattern().Match(call) is { Success: true } text ? text.Groups["text"].Value : "";
            switch (match.Groups["call"].Value)
            {
                case "execve"
                    when first.EndsWith("/ffmpeg", StringComparison.Ordinal) || first.EndsWith("/ffprobe", StringComparison.Ordinal):
                    programs++;
                    films[id] = FilmPattern().Match(call) is { Success: true } film ? film.Groups["film"].Value : "";
                    break;
                case "clone" or "clone3" when ChildPattern().Match(call) is { Success: true } child:
                    films[int.Parse(child.Groups["child"].Value, CultureInfo.InvariantCulture)] = films.GetValueOrDefault(id, "");
                    break;
                case "open" or "openat" or "openat2" when first.Length > 0 && first == films.GetValueOrDefault(id):
                    opened++;
                    break;
                case "open" or "openat" or "openat2" when SystemPattern().IsMatch(first):
                    break;
                case "clone" or "clone3" or "end":
                    break;
                default:
                    strange.Add(call);
                    break;
            }
        }

        return (strange, opened, programs);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_reader.HasExited)
        {
            _reader.Kill();
        }

        await _reader.WaitForExitAsync();
        _reader.Dispose();
    }

    private static async Task<string> ReadAsync(StreamReader reader)
    {
        var all = new System.Text.StringBuilder();
        while (await reader.ReadLineAsync() is { } line && line is not "0 end()")
        {
            all.Append(line).Append('\n');
        }

        return all.ToString();
    }

    [GeneratedRegex(@"^(?<id>\d+) +(<\.\.\. )?(?<call>\w+)(\(| resumed)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CallPattern();

    [GeneratedRegex(@"""(?<text>(?:[^""\\]|\\.)*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TextPattern();

    [GeneratedRegex(@"""-i"", ""(subfile,[^:""]*:)?file:(?<film>(?:[^""\\]|\\.)*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FilmPattern();

    [GeneratedRegex(@" = (?<child>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ChildPattern();

    [GeneratedRegex("^/(lib|lib64|usr|etc|proc|sys|opt|nix|dev/(null|zero|urandom|random|dri|nvidia))", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SystemPattern();
}

using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Media.Ffmpeg;

public sealed class FfmpegProcessTests
{
    [Fact]
    public async Task Nothing_is_left_open_of_a_process_that_was_disposed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lists open handles as files.");
        string[] pipes;
        await using (
            var process = FfmpegProcess.Start(
                FfmpegSandbox.Plain("/bin/sh", ["-c", "readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2; exec sleep 100"])
            )
        )
        {
            using var reader = new StreamReader(process.Output, leaveOpen: true);
            pipes = [(await reader.ReadLineAsync())!, (await reader.ReadLineAsync())!, (await reader.ReadLineAsync())!];
            Assert.All(pipes[1..], pipe => Assert.Contains(pipe, OpenHandles()));
        }

        Assert.Empty(pipes.Intersect(OpenHandles()));
    }

    [Fact]
    public async Task A_character_that_arrives_in_two_reads_stays_whole()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs cat and sh.");
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "complaint");
        // A read takes 1,024 bytes: the é begins with the last of them.
        await File.WriteAllTextAsync(
            file,
            new string('\n', 1020) + "Caf\u00e9 \u00e0 c\u00f4t\u00e9",
            TestContext.Current.CancellationToken
        );
        await using var process = FfmpegProcess.Start(FfmpegSandbox.Plain("/bin/sh", ["-c", $"cat '{file}' >&2"]));

        var (_, errors) = await process.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Caf\u00e9 \u00e0 c\u00f4t\u00e9", errors);
    }

    private static List<string> OpenHandles() =>
        [.. Directory.EnumerateFiles("/proc/self/fd").Select(handle => new FileInfo(handle).LinkTarget ?? "")];
}

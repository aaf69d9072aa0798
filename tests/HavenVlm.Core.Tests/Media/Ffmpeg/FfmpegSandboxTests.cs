using HavenVlm.Core.Media.Ffmpeg;

namespace HavenVlm.Core.Tests.Media.Ffmpeg;

public sealed class FfmpegSandboxTests
{
    [Fact]
    public void Nothing_of_our_environment_that_may_be_secret_is_passed_on()
    {
        Environment.SetEnvironmentVariable("HavenVlm__Stash__ApiKey", "planted-key");

        var start = FfmpegSandbox.Limited("ffmpeg", ["-version"], FfmpegLimits.Default);

        Assert.DoesNotContain("HavenVlm__Stash__ApiKey", start.Environment.Keys);
        Assert.DoesNotContain("HOME", start.Environment.Keys);
        Assert.Contains("PATH", start.Environment.Keys);
    }

    [Fact]
    public async Task Memory_time_and_files_are_limited_where_the_platform_can()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/prlimit"), "No prlimit here.");

        await using var process = FfmpegProcess.Start(
            FfmpegSandbox.Limited("/bin/cat", ["/proc/self/limits"], new FfmpegLimits(64 << 20, TimeSpan.FromSeconds(20)))
        );
        using var reader = new StreamReader(process.Output);
        var limits = (await reader.ReadToEndAsync())
            .Split('\n')
            .ToDictionary(line => line.Length > 26 ? line[..26].TrimEnd() : line, StringComparer.Ordinal);

        Assert.Contains("67108864", limits["Max data size"], StringComparison.Ordinal);
        Assert.Contains(" 20 ", limits["Max cpu time"], StringComparison.Ordinal);
        Assert.Contains(" 0 ", limits["Max file size"], StringComparison.Ordinal);
        Assert.Contains(" 0 ", limits["Max core file size"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_reads_a_file_has_no_network_and_gets_no_new_privileges_where_the_platform_can()
    {
        var confinement = await FfmpegConfinement.FindAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(confinement is { Privileges.Count: > 0, Network.Count: > 0 }, "No setpriv or unshare here, or they may not.");
        var ours = File.ResolveLinkTarget("/proc/self/ns/net", returnFinalTarget: false)!.Name;

        var file = await SeenAsync(confinement.PrefixFor(withNetwork: false));
        Assert.Contains("NoNewPrivs:\t1", file, StringComparison.Ordinal);
        Assert.DoesNotContain(ours, file, StringComparison.Ordinal);
        var stream = await SeenAsync(confinement.PrefixFor(withNetwork: true));
        Assert.Contains("NoNewPrivs:\t1", stream, StringComparison.Ordinal);
        Assert.Contains(ours, stream, StringComparison.Ordinal);

        static async Task<string> SeenAsync(IEnumerable<string> before)
        {
            await using var process = FfmpegProcess.Start(
                FfmpegSandbox.Limited("/bin/sh", ["-c", "readlink /proc/self/ns/net; cat /proc/self/status"], FfmpegLimits.Default, before)
            );
            using var reader = new StreamReader(process.Output);
            return await reader.ReadToEndAsync();
        }
    }

    [Fact]
    public async Task A_process_that_hangs_is_gone_after_disposal()
    {
        Assert.SkipUnless(File.Exists("/bin/sleep"), "No sleep here.");
        var process = FfmpegProcess.Start(FfmpegSandbox.Plain("/bin/sleep", ["60"]));

        await process.DisposeAsync();

        Assert.False(Directory.Exists($"/proc/{process.Id}"));
    }

    [Fact]
    public async Task An_endless_complaint_is_kept_short()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "No shell here.");

        await using var process = FfmpegProcess.Start(
            FfmpegSandbox.Plain("/bin/sh", ["-c", "for i in $(seq 20000); do echo complaint $i >&2; done; exit 3"])
        );
        var (exitCode, errors) = await process.WaitAsync(CancellationToken.None);

        Assert.Equal(3, exitCode);
        Assert.Equal("complaint 19998; complaint 19999; complaint 20000", errors);
    }

    [Theory]
    [InlineData("[mov @ 0x55d0c0ffee00] moov atom not found\n", "[mov] moov atom not found")]
    [InlineData("a\nb\na\nc\nd\n", "b; c; d")]
    [InlineData("evil\u001b[31m\u202e name\n", "evil [31m  name")]
    [InlineData("[aac @ 0x1] Codec (aac) not on whitelist 'h264'\nreal\n", "real")]
    public void Complaints_are_made_fit_for_people(string raw, string clean) => Assert.Equal(clean, FfmpegErrorText.Clean(raw));
}

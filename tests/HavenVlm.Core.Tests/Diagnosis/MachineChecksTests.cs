using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Tests.Diagnosis;

public sealed class MachineChecksTests
{
    private static readonly FfmpegInstallation Found = new("/usr/bin/ffmpeg", "/usr/bin/ffprobe", "6.1", 6);

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_ffmpeg_of_this_machine_can_do_what_is_needed()
    {
        using var locator = new FfmpegLocator();
        var found = await locator.FindAsync(TestContext.Current.CancellationToken);

        var abilities = await FfmpegAbilities.AskAsync(found.Ffmpeg, TestContext.Current.CancellationToken);

        Assert.Empty(abilities.Missing);
        Assert.DoesNotContain("h264", abilities.Undecodable);
    }

    [Fact]
    public void A_build_without_patented_codecs_is_warned_of_by_name()
    {
        const string Decoders = """
            Decoders:
             V..... = Video
             ------
             VFS..D vp9                  Google VP9
             V....D libdav1d             dav1d AV1 decoder
             VFS... mpeg4                MPEG-4 part 2
             V....D libopenh264          OpenH264
            """;
        var abilities = FfmpegAbilities.Read(Decoders, " V..... mjpeg  MJPEG", "  E nut  NUT");

        var finding = FfmpegCheck.Judge(Found, abilities);

        Assert.Equal(["hevc"], abilities.Undecodable);
        Assert.Equal(FindingKind.Warning, finding.Kind);
        Assert.Contains("cannot decode hevc", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fails_a_build_that_cannot_write_pictures()
    {
        var finding = FfmpegCheck.Judge(Found, FfmpegAbilities.Read("", "", "  E nut  NUT"));

        Assert.Equal(FindingKind.Failed, finding.Kind);
        Assert.Contains("built without encoder mjpeg", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, FindingKind.Good, "as Stash's machine says")]
    [InlineData(90, FindingKind.Good, "as Stash's machine says")]
    [InlineData(3600, FindingKind.Warning, "60 minutes ahead of")]
    [InlineData(-600, FindingKind.Warning, "10 minutes behind")]
    public void Reports_clocks_that_differ(int seconds, FindingKind kind, string expected)
    {
        var finding = ClockCheck.Judge(Noon.AddSeconds(seconds), Noon);

        Assert.Equal(kind, finding.Kind);
        Assert.Contains(expected, finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "In a container localhost is the container itself: use the name of Stash's service (http://stash:9)")]
    [InlineData(false, "cannot be reached")]
    public async Task Searches_for_an_unreachable_Stash(bool isContainer, string expected)
    {
        var options = new HavenOptions { Stash = new StashOptions { Url = "http://localhost:9" } };
        using var transport = new StashTransport(new SettingsSource(options), TimeProvider.System);
        var check = new StashCheck(new StashClient(transport, TimeProvider.System), new StashProbe(TimeProvider.System), isContainer);

        var findings = await check
            .RunAsync(options, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(FindingKind.Failed, Assert.Single(findings).Kind);
        Assert.Contains(expected, findings[0].Message, StringComparison.Ordinal);
    }
}

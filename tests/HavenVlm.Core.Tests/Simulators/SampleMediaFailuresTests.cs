using HavenVlm.Core.Tests.Media;
using HavenVlm.Simulation.Media;

namespace HavenVlm.Core.Tests.Simulators;

public sealed class SampleMediaFailuresTests : IDisposable
{
    private static readonly SampleScript Short = new()
    {
        Name = "short",
        Number = 201,
        Title = "",
        FrameRate = 5,
        Duration = TimeSpan.FromSeconds(2),
        Events = [],
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("haven-samples-");

    [Fact]
    public async Task Names_the_program_that_is_missing()
    {
        var missing = Path.Combine(_folder.FullName, "ffmpeg");
        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new VideoEncoder(missing).EncodeAsync(Short, Path.Combine(_folder.FullName, "a.mp4"), TestContext.Current.CancellationToken)
        );
        Assert.Contains(missing, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_what_ffmpeg_said_when_it_fails_before_it_reads_a_frame()
    {
        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new VideoEncoder("ffmpeg").EncodeAsync(
                Short,
                Path.Combine(_folder.FullName, "a.unknown"),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("a.unknown", problem.Message, StringComparison.Ordinal);
        Assert.Contains("exit code", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Reports_that_ffmpeg_ended_amid_the_frames()
    {
        var killed = Path.Combine(_folder.FullName, "ffmpeg");
        await File.WriteAllTextAsync(killed, "#!/bin/sh\nexec timeout -s KILL 1 ffmpeg \"$@\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(killed, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var endless = Short with { Duration = TimeSpan.FromHours(10) };
        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new VideoEncoder(killed).EncodeAsync(endless, Path.Combine(_folder.FullName, "b.mp4"), TestContext.Current.CancellationToken)
        );
        Assert.Contains("exit code", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("with \"quotes\" -y")]
    public async Task Folder_names_are_never_read_as_options(string name)
    {
        var folder = _folder.CreateSubdirectory(name);
        var path = Path.Combine(folder.FullName, "c.mp4");
        await new VideoEncoder("ffmpeg").EncodeAsync(Short, path, TestContext.Current.CancellationToken);
        Assert.True(new FileInfo(path).Length > 1000);
    }

    [Fact]
    public async Task Cancellation_ends_ffmpeg()
    {
        var path = Path.Combine(_folder.FullName, "long.mp4");
        using var stop = new CancellationTokenSource();
        var encoding = new VideoEncoder("ffmpeg").EncodeAsync(Short with { Duration = TimeSpan.FromHours(10) }, path, stop.Token);
        while (!File.Exists(path) && !encoding.IsCompleted)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => encoding);
        Assert.Empty(OwnProcesses.Of("ffmpeg", "long.mp4"));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

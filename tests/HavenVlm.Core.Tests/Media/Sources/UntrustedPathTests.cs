using System.Net.Sockets;
using System.Text;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Pictures;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Tests.Media.Pictures;
using HavenVlm.Core.Tests.Media.Reliability;

namespace HavenVlm.Core.Tests.Media.Sources;

/// <summary>A path that comes from Stash is opened only as a regular file of a recognized media kind, whatever it leads to.</summary>
public sealed class UntrustedPathTests : IAsyncLifetime
{
    private const string KernelFileWithSize = "/sys/kernel/mm/transparent_hugepage/enabled";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly PictureFiles _files = new();
    private readonly MediaParts _parts = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        _files.Dispose();
    }

    [Theory]
    [InlineData("text")]
    [InlineData("empty")]
    [InlineData("link to text")]
    [InlineData("pipe")]
    [InlineData("link to pipe")]
    [InlineData("socket")]
    [InlineData("/dev/zero")]
    [InlineData("link to /dev/zero")]
    [InlineData("link to a link to /dev/zero")]
    [InlineData("/proc/self/environ")]
    [InlineData("link to /proc/self/environ")]
    [InlineData("/etc/passwd")]
    [InlineData("link to /etc/passwd")]
    [InlineData("folder")]
    public async Task Copies_only_what_the_reader_of_pictures_recognizes(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These kinds of file are those of Unix.");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = await MakeAsync(kind, socket);
        using var target = new MemoryStream();

        var refused = await Assert.ThrowsAsync<MediaException>(() => CopyAsync(path, target));

        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, target.Length);
    }

    [Fact]
    public async Task A_file_of_the_kernel_that_claims_a_size_is_not_opened()
    {
        Assert.SkipUnless(File.Exists(KernelFileWithSize), "This kernel has no such file.");
        Assert.True(RegularFile.SizeOf(KernelFileWithSize) > 0);

        using var file = RegularFile.TryOpen(KernelFileWithSize);

        Assert.Null(file);
    }

    [Fact]
    public async Task Copies_a_picture_and_a_clip_byte_by_byte()
    {
        foreach (var path in new[] { await _files.MakeAsync("a.png", "900x900"), await _files.MakeMovingAsync("a.mp4") })
        {
            File.CreateSymbolicLink($"{path}.link", path);
            using var target = new MemoryStream();

            await CopyAsync($"{path}.link", target);

            Assert.Equal(await File.ReadAllBytesAsync(path), target.ToArray());
        }
    }

    [Fact]
    public async Task A_picture_that_grows_while_it_is_copied_is_read_no_further_and_refused_for_now()
    {
        var path = await _files.MakeAsync("a.bmp", "900x900");
        var length = new FileInfo(path).Length;
        await using var target = new GrowingTarget(path);

        await Assert.ThrowsAsync<MediaUnavailableException>(() => CopyAsync(path, target));

        Assert.Equal(length, target.Length);
    }

    [Fact]
    public async Task A_still_picture_of_more_than_the_largest_size_is_neither_copied_nor_read()
    {
        var path = await _files.MakeAsync("a.jpg");
        await using (var file = new FileStream(path, FileMode.Open))
        {
            file.SetLength(PictureReader.MaxStill + 1);
        }

        var copied = await Assert.ThrowsAsync<MediaException>(() => CopyAsync(path, Stream.Null));
        await using var input = await _parts.OpenAsync(path);
        // Stash says that it is small.
        var read = await Assert.ThrowsAsync<MediaException>(() =>
            _parts.Get<PictureReader>().InspectAsync(input, 1000, CancellationToken.None)
        );

        Assert.Contains("512 MB", copied.Message, StringComparison.Ordinal);
        Assert.Contains("512 MB", read.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_Stash_delivers_instead_of_an_image_is_not_copied()
    {
        await using var server = new StreamServer(Encoding.UTF8.GetBytes("<!DOCTYPE html><title>Stash</title>"));
        var location = new MediaLocation.RemoteMedia(server.Address, StreamServer.Key);
        await using var input = await _parts.Get<MediaGateway>().OpenAsync(location, CancellationToken.None);
        using var target = new MemoryStream();

        await Assert.ThrowsAsync<MediaException>(() => PictureCopy.RunAsync(input, target, CancellationToken.None));

        Assert.Equal(0, target.Length);
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("link to /dev/zero")]
    public async Task A_video_that_is_replaced_by_a_pipe_or_device_is_not_given_to_ffmpeg(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These kinds of file are those of Unix.");
        var video = await _files.MakeMovingAsync("a.mp4");
        await using var input = await _parts.OpenAsync(video);
        var facts = await _parts.Get<MediaProbe>().ProbeAsync(input, CancellationToken.None);
        File.Move(await MakeAsync(kind, socket: null), video, overwrite: true);

        using var deadline = new CancellationTokenSource(Deadline);
        await Assert.ThrowsAsync<MediaException>(() =>
            _parts.Get<FrameExtractor>().ExtractOneAsync(input, facts, MediaParts.Pictures, TimeSpan.Zero, deadline.Token)
        );
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("/dev/zero")]
    [InlineData("/proc/self/environ")]
    public async Task A_size_of_zero_in_Stash_makes_no_pipe_or_device_the_media(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These kinds of file are those of Unix.");
        var path = await MakeAsync(kind, socket: null);

        Assert.IsType<MediaLocation.RemoteMedia>(MediaLocator.Locate(new MediaFile("8", path, 0), new StashOptions()));
        Assert.Null(new PathMapFinder([_files.PathOf("")], usual: false).Find([("/stash/pipe", 0)], [], CancellationToken.None));
    }

    [Fact]
    public async Task The_fingerprint_of_a_pipe_does_not_wait_for_its_other_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These kinds of file are those of Unix.");
        var pipe = await MakeAsync("pipe", socket: null);

        var hash = await Task.Run(() => FileFingerprint.OfAsync(pipe, CancellationToken.None)).WaitAsync(Deadline);

        Assert.Equal("0000000000000000", hash);
    }

    private async Task CopyAsync(string path, Stream target)
    {
        var settings = new SettingsSource(new HavenOptions { Stash = new StashOptions { Media = MediaAccess.File } });
        var media = new ImageMedia(_parts.Get<MediaGateway>(), settings);
        using var deadline = new CancellationTokenSource(Deadline);
        await Task.Run(() => media.CopyAsync("8", path, 0, target, deadline.Token)).WaitAsync(Deadline);
    }

    private async Task<string> MakeAsync(string kind, Socket? socket)
    {
        const string To = "link to ";
        if (kind.StartsWith(To, StringComparison.Ordinal))
        {
            var rest = kind[To.Length..];
            var target = await MakeAsync(rest.StartsWith("a ", StringComparison.Ordinal) ? rest[2..] : rest, socket);
            var link = _files.PathOf($"{Path.GetRandomFileName()}.jpg");
            File.CreateSymbolicLink(link, target);
            return link;
        }

        var path = _files.PathOf(kind is "pipe" ? kind : $"{kind}.jpg");
        switch (kind)
        {
            case "text":
                await File.WriteAllTextAsync(path, "VLM_API_KEY=planted");
                return path;
            case "empty":
                await File.WriteAllTextAsync(path, "");
                return path;
            case "folder":
                Directory.CreateDirectory(path);
                return path;
            case "pipe":
                await Tools.RunAsync("mkfifo", path);
                return path;
            case "socket":
                socket!.Bind(new UnixDomainSocketEndPoint(path));
                return path;
            default:
                return kind;
        }
    }

    /// <summary>Makes a file longer whenever something of it was copied.</summary>
    private sealed class GrowingTarget(string path) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await File.AppendAllTextAsync(path, new string('x', buffer.Length), cancellationToken);
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}

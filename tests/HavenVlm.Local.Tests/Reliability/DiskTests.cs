using System.Diagnostics;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Tests.Reliability;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>Row 5 of docs/dev/reliability.md, on the whole program: a real disk that fills up, or that cannot be written.</summary>
public sealed class DiskTests(VideosFixture videos)
{
    private const int Scenes = 6;

    [Fact]
    public async Task A_full_disk_is_named_and_when_there_is_room_again_it_ends_as_if_nothing_had_happened()
    {
        var expected = await Library.RunUndisturbedAsync(videos, Scenes);
        await using var world = await Library.CreateAsync(videos, Scenes);
        await using var disk = await SmallDisk.MountAsync(Path.Combine(world.Folder, "data"));
        string id;
        await using (var haven = world.Serve())
        {
            id = await world.TagAsync(await haven.ListeningAsync());
            await world.AfterAnswersAsync(10);
            await disk.FillAsync();
            await World.UntilAsync(() => haven.Output.Contains("disk", StringComparison.OrdinalIgnoreCase), "a word about the disk");
            await haven.KillAsync();
        }

        disk.MakeRoom();
        await using var again = world.Serve();
        var address = await again.ListeningAsync();
        await world.AssertAllDoneAsync(address, id);
        var outcome = await world.OutcomeAsync(address);
        Assert.Equal(expected.Stash, outcome.Stash);
        Assert.Equal(expected.Logs, outcome.Logs);
        Soak.Report(5, "full-disk", ("disks filled", 1), ("frames asked twice", expected.AskedAgainBy(outcome)));
    }

    [Fact]
    public async Task Names_a_read_only_disk_at_the_start()
    {
        await using var world = await Library.CreateAsync(videos, scenes: 1);
        await using var disk = await SmallDisk.MountAsync(Path.Combine(world.Folder, "data"));
        await disk.ProtectAsync();
        await using var haven = world.Serve();
        Assert.NotEqual(0, await haven.ExitAsync());
        Assert.Contains(Path.Combine(world.Folder, "data"), haven.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", haven.Output, StringComparison.Ordinal);
        Soak.Report(5, "read-only", ("read-only disks named", 1));
    }

    /// <summary>A disk of a few megabytes in memory. Needs the right to mount; where that is missing the test is skipped and says so.</summary>
    private sealed class SmallDisk(string folder) : IAsyncDisposable
    {
        private string Ballast => Path.Combine(folder, "ballast");

        public static async Task<SmallDisk> MountAsync(string folder)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "A small disk is made of memory, on Linux.");
            Directory.CreateDirectory(folder);
            var code = await RunAsync("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder);
            Assert.SkipUnless(code == 0, "This account may not mount a disk.");
            return new SmallDisk(folder);
        }

        /// <summary>Fills the disk to the last byte.</summary>
        public async Task FillAsync()
        {
            await using var stream = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            var block = new byte[4096];
            try
            {
                while (true)
                {
                    await stream.WriteAsync(block);
                }
            }
            catch (IOException)
            {
                // It is full.
            }
        }

        public void MakeRoom() => File.Delete(Ballast);

        public async Task ProtectAsync() => Assert.Equal(0, await RunAsync("mount", "-o", "remount,ro", folder));

        public async ValueTask DisposeAsync() => await RunAsync("umount", "-l", folder);

        private static async Task<int> RunAsync(string command, params string[] arguments)
        {
            using var process = new Process
            {
                StartInfo = new ProcessStartInfo(command, arguments)
                {
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                },
            };
            process.Start();
            await Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
    }
}

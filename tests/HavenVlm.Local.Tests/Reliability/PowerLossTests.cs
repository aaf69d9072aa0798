using System.Diagnostics;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Tests.Reliability;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>Row 2 of docs/dev/reliability.md: the disk as it was at a random moment, with what was being written half written.</summary>
public sealed class PowerLossTests(VideosFixture videos)
{
    private static readonly bool IsShort = !Soak.IsLong && !ReleaseTier.Runs;
    private static readonly int Scenes = IsShort ? 4 : 6;
    private static readonly int CutsPerRun = IsShort ? 2 : 4;

    [Fact]
    public async Task The_data_folder_as_it_was_at_any_moment_opens_and_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes cannot be frozen there.");
        var random = new Random(2);
        var expected = await Library.RunUndisturbedAsync(videos, Scenes);
        var (cuts, torn, again) = (0, 0, 0);
        var clock = Soak.Share(row: 2, TimeSpan.Zero);
        do
        {
            await using var world = await Library.CreateAsync(videos, Scenes);
            string? id = null;
            for (var cut = 0; cut < CutsPerRun; cut++)
            {
                await using var haven = world.Serve();
                var address = await haven.ListeningAsync();
                id ??= await world.TagAsync(address);
                await world.AfterAnswersAsync(random.Next(20));
                await haven.SignalAsync("STOP");
                torn += await TakeFromDiskAsync(Path.Combine(world.Folder, "data"), random, haven);
                cuts++;
            }

            await using var last = world.Serve();
            var end = await last.ListeningAsync();
            await world.AssertAllDoneAsync(end, id!);
            var outcome = await world.OutcomeAsync(end);
            Assert.Equal(expected.Stash, outcome.Stash);
            Assert.Equal(expected.Logs, outcome.Logs);
            var againNow = expected.AskedAgainBy(outcome);
            Assert.InRange(againNow, 0, CutsPerRun * Library.Slots * 2);
            again += againNow;
        } while (!clock.IsOver);

        Soak.Report(
            2,
            "power-loss",
            ("power cuts survived", cuts),
            ("files torn", torn),
            ("frames asked twice", again),
            ("seconds", clock.Elapsed.TotalSeconds)
        );
    }

    /// <summary>
    /// Copies the folder while the process stands still, ends the process and puts the copy in its place, with half of a further line in every log
    /// and half of a further page in the journal; the number of files torn.
    /// </summary>
    private static async Task<int> TakeFromDiskAsync(string data, Random random, HavenProcess haven)
    {
        var copy = data + "-copy";
        // A program that heeds no locks: the process that stands still holds the files that it is writing.
        using (var copying = Process.Start("cp", ["-R", "--", data, copy]))
        {
            await copying.WaitForExitAsync();
            Assert.Equal(0, copying.ExitCode);
        }

        // Locks end with the process; what is shared memory is gone with the power.
        File.Delete(Path.Combine(copy, "haven.lock"));
        foreach (var file in Directory.EnumerateFiles(copy, "*-shm", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        await haven.KillAsync();
        Directory.Delete(data, recursive: true);
        Directory.Move(copy, data);

        var torn = 0;
        foreach (var log in Directory.EnumerateFiles(data, "*.jsonl", SearchOption.AllDirectories))
        {
            var last = (await File.ReadAllLinesAsync(log)).LastOrDefault(line => line.Length > 1);
            if (last is not null)
            {
                await File.AppendAllTextAsync(log, last[..random.Next(1, last.Length)]);
                torn++;
            }
        }

        var journal = Path.Combine(data, "engine.db-wal");
        if (File.Exists(journal))
        {
            var page = new byte[random.Next(1, 4096)];
            random.NextBytes(page);
            await using var stream = new FileStream(journal, FileMode.Append);
            await stream.WriteAsync(page);
            torn++;
        }

        return torn;
    }
}

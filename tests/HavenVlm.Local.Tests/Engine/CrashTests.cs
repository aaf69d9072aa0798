using HavenVlm.Core.Workflows.Ports;
using HavenVlm.EngineHost;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Local.Tests.Engine;

/// <summary>Real processes that are killed with SIGKILL, and their files as they lie on disk.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Trees = 8;
    private const int Rounds = 3;

    private readonly TempFolder _folder = new();
    private readonly Random _random = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_again_and_again_everything_ends_as_if_undisturbed()
    {
        var seed = _random.Next();
        for (var kill = 0; kill < 6; kill++)
        {
            using var killed = EngineHostProcess.Start(_folder.Path, seed, Trees, Rounds);
            Assert.True(await killed.IsRunningAsync());
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(150)));
            await killed.KillAsync();
        }

        using var last = EngineHostProcess.Start(_folder.Path, seed, Trees, Rounds);
        var (exitCode, output, errors) = await last.EndAsync();

        Assert.True(exitCode == 0, $"seed {seed}: {errors}");
        Assert.Equal($"running\n{Expected(seed)}", output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task The_disk_as_it_was_at_any_moment_opens_and_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes cannot be frozen there.");
        var seed = _random.Next();
        var source = Path.Combine(_folder.Path, "source");
        var copies = new List<string>();
        using (var process = EngineHostProcess.Start(source, seed, Trees, Rounds))
        {
            Assert.True(await process.IsRunningAsync());
            for (var i = 0; i < 6; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(60)));
                var copy = Path.Combine(_folder.Path, $"copy-{i}");
                await process.FreezeAsync(() => CopyAsAfterPowerCut(source, copy, torn: copies.Count % 2 == 1));
                copies.Add(copy);
            }
        }

        foreach (var copy in copies)
        {
            using var process = EngineHostProcess.Start(copy, seed, Trees, Rounds);
            var (exitCode, output, errors) = await process.EndAsync();
            Assert.True(exitCode == 0, $"seed {seed}, {copy}: {errors}");
            Assert.Equal($"running\n{Expected(seed)}", output.ReplaceLineEndings("\n"));
        }
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused_until_the_first_is_gone()
    {
        using var first = EngineHostProcess.Start(_folder.Path, seed: 1, count: 40, rounds: 1000);
        Assert.True(await first.IsRunningAsync());
        using (var second = EngineHostProcess.Start(_folder.Path, seed: 1, count: 1, rounds: 1))
        {
            var (exitCode, _, errors) = await second.EndAsync();
            Assert.Equal(2, exitCode);
            Assert.Contains($"The data folder {_folder.Path} is in use by process {first.Id} on ", errors, StringComparison.Ordinal);
            Assert.Contains("listening on http://127.0.0.1:1", errors, StringComparison.Ordinal);
        }

        Assert.Equal(first.Id, DataFolderLock.TryReadHolder(_folder.Path)?.ProcessId);

        await first.KillAsync();

        Assert.Null(DataFolderLock.TryReadHolder(_folder.Path));
        using var folder = await DataFolderLock.AcquireAsync(_folder.Path, TimeProvider.System, CancellationToken.None);
        Assert.Equal(Environment.ProcessId, DataFolderLock.TryReadHolder(_folder.Path)?.ProcessId);
    }

    private static void CopyAsAfterPowerCut(string source, string target, bool torn)
    {
        Directory.CreateDirectory(target);
        foreach (var name in (string[])["engine.db", "engine.db-wal"])
        {
            if (File.Exists(Path.Combine(source, name)))
            {
                File.Copy(Path.Combine(source, name), Path.Combine(target, name));
            }
        }

        var log = Path.Combine(target, "engine.db-wal");
        if (torn && File.Exists(log))
        {
            // The page that was being written when the power went.
            using var stream = new FileStream(log, FileMode.Append);
            stream.Write(new byte[24]);
            stream.Write([.. Enumerable.Range(0, 1500).Select(i => (byte)i)]);
        }
    }

    private static string Expected(int seed) =>
        string.Concat(
            Enumerable
                .Range(0, Trees)
                .Select(i => (i, Result: TreeOrchestrator.Expected(new TreeInput(Tree.Random(new Random(seed + i), depth: 3), Rounds, 0))))
                .Select(t => $"tree-{t.i} {nameof(RuntimeStatus.Completed)} {t.Result}\n")
        );
}

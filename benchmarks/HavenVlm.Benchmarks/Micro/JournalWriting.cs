using BenchmarkDotNet.Attributes;
using HavenVlm.Local.Engine.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Benchmarks.Micro;

/// <summary>Results of activities, written to the journal of the embedded engine on a real disk.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class JournalWriting : IAsyncDisposable
{
    // What the results of an activity look like: less than a KB.
    private static readonly string Result = new('x', 500);
    private DirectoryInfo _folder = null!;
    private JournalWriter _journal = null!;
    private long _run;

    /// <summary>Entries that are handed in together, and so share a trip to the disk.</summary>
    [Params(1, 100)]
    public int Together { get; set; }

    /// <summary>A journal with one instance.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _folder = Directory.CreateTempSubdirectory("haven-bench-");
        var file = new JournalFile(_folder.FullName);
        file.Prepare(JournalSchema.Migrations, TimeProvider.System.GetUtcNow());
        _journal = new JournalWriter(file, TimeProvider.System, NullLogger.Instance);
        _journal.Start();
        var start = new StartEntry("Steps", "steps", input: null, _ => { });
        _journal.Post(start);
        _ = await start.Done;
        _run = start.WokenRun!.Value;
    }

    /// <summary>Hands them in and waits until all are on the disk.</summary>
    [Benchmark]
    public Task WriteAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var written = new Task[Together];
        for (var i = 0; i < Together; i++)
        {
            var entry = new CompletionEntry(
                _run,
                new HistoryEvent(HistoryEventKind.ActivityCompleted, now) { Task = 1, Data = Result },
                _ => { }
            );
            _journal.Post(entry);
            written[i] = entry.Written;
        }

        return Task.WhenAll(written);
    }

    /// <summary>Removes the journal.</summary>
    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        if (_journal.Fault is { } fault)
        {
            throw fault;
        }

        await _journal.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}

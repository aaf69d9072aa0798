using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Analysis.Log;

/// <summary>An open log; all <see cref="AnalysisLog"/> of one key share it.</summary>
internal sealed class SharedLog(AnalysisKey key, LogContents contents, IArtifactStore store, TimeProvider time) : IAsyncDisposable
{
    private readonly LogWriter _writer = new(store, LogNames.Log(key), time);
    private readonly Lock _sync = new();

    public AnalysisKey Key => key;

    public LogContents Contents => contents;

    /// <summary>How many have it open; guarded by the key's lock in <see cref="AnalysisLogs"/>.</summary>
    public int Users { get; set; }

    /// <summary>Whether anything was added since it was opened.</summary>
    public bool Written { get; private set; }

    public async Task AppendAsync(FrameRecord record, CancellationToken cancellationToken)
    {
        bool due;
        lock (_sync)
        {
            AddHeader();
            if (contents.AddVocabulary(record.Vocabulary, out var vocabulary))
            {
                _writer.Add(new VocabularyLine(vocabulary.Id, vocabulary.Vocabulary.Hashes));
            }

            var line = LineOf(record, vocabulary);
            contents.AddFrame(line, vocabulary);
            due = _writer.Add(line);
        }

        if (due)
        {
            await _writer.FlushAsync(cancellationToken);
        }
    }

    public async Task AppendChangesAsync(
        TimeSpan from,
        TimeSpan to,
        IReadOnlyList<PictureChange> changes,
        CancellationToken cancellationToken
    )
    {
        bool due;
        lock (_sync)
        {
            AddHeader();
            var line = new ChangesLine(Milliseconds(from), Milliseconds(to), [.. changes.Select(Rounded)]);
            contents.AddChanges(line);
            due = _writer.Add(line);
        }

        if (due)
        {
            await _writer.FlushAsync(cancellationToken);
        }
    }

    public void AddLooks(LooksLine line)
    {
        lock (_sync)
        {
            AddHeader();
            line = line with { Times = [.. line.Times.Select(Milliseconds)] };
            contents.AddLooks(line);
            _writer.Add(line);
        }
    }

    /// <summary>False when the same token has said so before.</summary>
    public bool AddForget(ForgetLine line)
    {
        lock (_sync)
        {
            if (string.Equals(contents.ForgottenOf(line.Forget).Token, line.Token, StringComparison.Ordinal))
            {
                return false;
            }

            AddHeader();
            contents.AddForget(line);
            _writer.Add(line);
            return true;
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken) => _writer.FlushAsync(cancellationToken);

    public async Task SealAsync(CancellationToken cancellationToken)
    {
        await _writer.FlushAsync(cancellationToken);
        await store.SealAsync(LogNames.Log(key), cancellationToken);
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private static PictureChange Rounded(PictureChange change) =>
        new(Milliseconds(change.Time), Math.Round(change.Magnitude, 3)) { After = change.After is { } after ? Milliseconds(after) : null };

    /// <summary>The line in the precision of the file, so that what is kept in memory and what is read again decide alike.</summary>
    private static FrameLine LineOf(FrameRecord record, LogVocabulary vocabulary)
    {
        var answer = record.Answer;
        return new FrameLine
        {
            T = Milliseconds(record.Planned),
            At = Milliseconds(record.Time),
            V = vocabulary.Id,
            Tags = answer.Tags is null ? null : PackedTags.Of(vocabulary.SortedNames, answer.Tags),
            Unanswered = answer.Tags is null ? answer.Reason ?? "" : null,
            Refused = answer.Tags is null && answer.IsRefused ? true : null,
            Kind = answer.Tags is null ? null : answer.Kind,
            Model = NullIfEmpty(answer.Model),
            Endpoint = NullIfEmpty(answer.Endpoint),
            Ms = answer.Elapsed > TimeSpan.Zero ? (int)Math.Min(int.MaxValue, Math.Round(answer.Elapsed.TotalMilliseconds)) : null,
            Repaired = answer.Repaired ? true : null,
            Unknown = answer.UnknownTags == 0 ? null : answer.UnknownTags,
            Names =
                answer.Tags is null || answer.UnknownNames.Count == 0
                    ? null
                    : answer.UnknownNames.ToDictionary(name => name.Key, name => Math.Round(name.Value, 4), StringComparer.Ordinal),
            Requests = answer.Requests > 0 ? Math.Round(answer.Requests, 4) : null,
            In = Tenths(answer.Tokens?.In),
            Cached = Tenths(answer.Tokens?.Cached),
            Out = Tenths(answer.Tokens?.Out),
            Reused = record.ReusedFrom is { } reused ? Milliseconds(reused) : null,
            Run = NullIfEmpty(record.Run),
            Of = record.Of,
        };
    }

    private static double? Tenths(double? tokens) => tokens is { } count ? Math.Round(count, 1) : null;

    private static TimeSpan Milliseconds(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Round(time.TotalMilliseconds));

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private void AddHeader()
    {
        Written = true;
        if (contents.Version is not { } version || version < LogLines.Version)
        {
            contents.Version = LogLines.Version;
            _writer.Add(new HeaderLine(LogLines.Version, key.Fingerprint, key.Model, key.QuestionHash, key.Generation, time.GetUtcNow()));
        }
    }
}

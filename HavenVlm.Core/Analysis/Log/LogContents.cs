using System.Collections.ObjectModel;
using HavenVlm.Core.Common;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Analysis.Log;

/// <summary>What a log holds, in memory. What is added while asking is kept exactly as reading the log again would give it.</summary>
internal sealed class LogContents
{
    private readonly AppendOnlyList<FrameRecord> _records = new();
    private readonly Dictionary<string, LogVocabulary> _vocabularies = new(StringComparer.Ordinal);
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<TimeSpan, PictureChange> _changes = [];
    private readonly List<TimeRange> _scanned = [];
    private readonly Dictionary<string, IReadOnlyList<TimeSpan>> _looks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Token, int Records)> _forgotten = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private LogVocabulary? _lastUsed;

    /// <summary>Lines that could not be read.</summary>
    public int UnreadableLines { get; set; }

    /// <summary>The highest version that a header of the log names; null = it has no header.</summary>
    public int? Version { get; set; }

    /// <summary>Records in the order of their lines.</summary>
    public IReadOnlyList<FrameRecord> Records => _records.Snapshot();

    /// <summary>Picture changes in the order of time.</summary>
    public IReadOnlyList<PictureChange> Changes
    {
        get
        {
            lock (_sync)
            {
                return [.. _changes.Values];
            }
        }
    }

    /// <summary>Stretches that were looked through for picture changes, joined, in the order of time.</summary>
    public IReadOnlyList<TimeRange> Scanned
    {
        get
        {
            lock (_sync)
            {
                return TimeRanges.Union(_scanned);
            }
        }
    }

    /// <summary>The log's vocabulary of that content; true when it is new to the log.</summary>
    public bool AddVocabulary(Vocabulary vocabulary, out LogVocabulary known)
    {
        lock (_sync)
        {
            if (ReferenceEquals(_lastUsed?.Vocabulary, vocabulary))
            {
                known = _lastUsed;
                return false;
            }

            var candidate = LogVocabulary.Of(vocabulary);
            // One that was read under this id but says something else is damaged.
            var isNew = _vocabularies.GetValueOrDefault(candidate.Id)?.Id != candidate.Id;
            if (isNew)
            {
                _vocabularies[candidate.Id] = candidate;
            }

            known = _lastUsed = _vocabularies[candidate.Id];
            return isNew;
        }
    }

    /// <summary>A vocabulary as its line gives it.</summary>
    public void AddVocabulary(string id, Vocabulary vocabulary)
    {
        lock (_sync)
        {
            var read = LogVocabulary.Of(vocabulary);
            _vocabularies.TryAdd(id, read);
            // The id is a hash of the content: a line that fits its id corrects a damaged one before it.
            _vocabularies[read.Id] = _vocabularies.GetValueOrDefault(read.Id) is { } known && known.Id == read.Id ? known : read;
        }
    }

    public LogVocabulary? FindVocabulary(string id)
    {
        lock (_sync)
        {
            return _vocabularies.GetValueOrDefault(id);
        }
    }

    public void AddFrame(FrameLine line, LogVocabulary vocabulary) =>
        _records.Add(
            new FrameRecord
            {
                Planned = line.T,
                Time = line.At,
                Vocabulary = vocabulary.Vocabulary,
                ReusedFrom = line.Reused,
                Run = Shared(line.Run),
                Of = line.Of,
                Answer = new PictureAnswer
                {
                    Tags = line.Tags is null ? null : PackedTags.Of(vocabulary.SortedNames, line.Tags),
                    Kind = line.Kind ?? ConfidenceKind.Reported,
                    Model = Shared(line.Model),
                    Endpoint = Shared(line.Endpoint),
                    Elapsed = TimeSpan.FromMilliseconds(line.Ms ?? 0),
                    Repaired = line.Repaired ?? false,
                    UnknownTags = line.Unknown ?? 0,
                    UnknownNames = line.Names ?? ReadOnlyDictionary<string, double>.Empty,
                    Requests = line.Requests ?? 0,
                    Tokens =
                        line.In is null && line.Cached is null && line.Out is null ? null : new TokenUsage(line.In, line.Cached, line.Out),
                    IsRefused = line.Tags is null && line.Refused is true,
                    Reason = line.Tags is null ? Shared(line.Unanswered) : null,
                },
            }
        );

    public void AddChanges(ChangesLine line)
    {
        lock (_sync)
        {
            _scanned.Add(new TimeRange(line.From, line.To));
            foreach (var change in line.Changes)
            {
                _changes.TryAdd(change.Time, change);
            }
        }
    }

    /// <summary>When an image is sampled; the first line stays. Null = not decided yet.</summary>
    public IReadOnlyList<TimeSpan>? LooksOf(string image)
    {
        lock (_sync)
        {
            return _looks.GetValueOrDefault(image);
        }
    }

    public void AddLooks(LooksLine line)
    {
        lock (_sync)
        {
            _looks.TryAdd(line.Looks, line.Times);
        }
    }

    /// <summary>Number of the first record that counts for an image, and the token of the request that said so.</summary>
    public (string Token, int Records) ForgottenOf(string image)
    {
        lock (_sync)
        {
            return _forgotten.TryGetValue(image, out var forgotten) ? forgotten : ("", 0);
        }
    }

    public void AddForget(ForgetLine line)
    {
        lock (_sync)
        {
            _forgotten[line.Forget] = (line.Token, _records.Count);
        }
    }

    /// <summary>One instance of each of the few texts that thousands of lines repeat.</summary>
    private string Shared(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        lock (_sync)
        {
            if (_texts.TryGetValue(text, out var known))
            {
                return known;
            }

            _texts.Add(text);
            return text;
        }
    }
}

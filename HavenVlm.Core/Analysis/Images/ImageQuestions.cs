using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Prompting;

namespace HavenVlm.Core.Analysis.Images;

/// <summary>
/// Gathers pictures of different images into requests of <c>vlm.framesPerRequest</c>. A request that is not full goes out as soon as no
/// further picture is being prepared.
/// </summary>
internal sealed class ImageQuestions(PictureAsker asker, ImageSettings settings, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly Lock _sync = new();
    private readonly List<Task> _out = [];
    private readonly Dictionary<string, Vocabulary> _vocabularies = new(StringComparer.Ordinal);
    private Batch? _open;
    private int _preparing;

    /// <summary>Why nobody can be asked now; null = somebody can.</summary>
    public EndpointsUnavailableException? Outage { get; private set; }

    /// <summary>Says that pictures are being prepared, until disposed.</summary>
    public IDisposable Prepare()
    {
        lock (_sync)
        {
            _preparing++;
        }

        return new Preparation(Prepared);
    }

    /// <summary>The answer to a picture; null = nobody can be asked now. Call it while preparing.</summary>
    public Task<PictureAnswer?> AskAsync(VlmPicture picture, IReadOnlyList<string> tags)
    {
        lock (_sync)
        {
            if (Outage is not null)
            {
                return Task.FromResult<PictureAnswer?>(null);
            }

            if (_open is not null && !_open.Tags.SequenceEqual(tags, StringComparer.Ordinal))
            {
                Send();
            }

            _open ??= new Batch(tags);
            var answer = _open.Add(picture);
            if (_open.Pictures.Count >= settings.FramesPerRequest)
            {
                Send();
            }

            return answer;
        }
    }

    /// <summary>The vocabulary of a question for these tags.</summary>
    public Vocabulary VocabularyOf(IReadOnlyList<string> tags)
    {
        var key = string.Join('\n', tags);
        lock (_sync)
        {
            if (!_vocabularies.TryGetValue(key, out var vocabulary))
            {
                vocabulary = WantedTag.VocabularyOf(settings.Wanted.Where(tag => tags.Contains(tag.Name, StringComparer.Ordinal)));
                _vocabularies.Add(key, vocabulary);
            }

            return vocabulary;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] left;
        lock (_sync)
        {
            _open?.Abandon();
            left = [.. _out];
        }

        await Task.WhenAll(left);
    }

    private void Prepared()
    {
        lock (_sync)
        {
            if (--_preparing == 0 && _open is not null)
            {
                Send();
            }
        }
    }

    private void Send()
    {
        var batch = _open!;
        _open = null;
        _out.RemoveAll(task => task.IsCompleted);
        _out.Add(SendAsync(batch));
    }

    private async Task SendAsync(Batch batch)
    {
        // Off the caller's lock.
        await Task.Yield();
        try
        {
            var question = settings.Question;
            var asked = question with { Tags = [.. question.Tags.Where(tag => batch.Tags.Contains(tag.Name, StringComparer.Ordinal))] };
            var answers = await asker.AskAsync(asked, batch.Pictures, cancellationToken);
            for (var i = 0; i < answers.Count; i++)
            {
                batch.Resolve(i, answers[i]);
            }
        }
        catch (EndpointsUnavailableException e)
        {
            lock (_sync)
            {
                Outage = e;
            }
        }
        catch (Exception e)
        {
            batch.Fail(e);
        }
        finally
        {
            batch.Abandon();
        }
    }

    private sealed class Preparation(Action prepared) : IDisposable
    {
        private Action? _prepared = prepared;

        public void Dispose() => Interlocked.Exchange(ref _prepared, null)?.Invoke();
    }

    /// <summary>Pictures that go into one request: the same tags are lacking at all of them.</summary>
    private sealed class Batch(IReadOnlyList<string> tags)
    {
        private readonly List<TaskCompletionSource<PictureAnswer?>> _answers = [];

        public IReadOnlyList<string> Tags => tags;

        public List<VlmPicture> Pictures { get; } = [];

        public Task<PictureAnswer?> Add(VlmPicture picture)
        {
            var answer = new TaskCompletionSource<PictureAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
            Pictures.Add(picture);
            _answers.Add(answer);
            return answer.Task;
        }

        public void Resolve(int index, PictureAnswer answer) => _answers[index].TrySetResult(answer);

        public void Fail(Exception exception) => _answers.ForEach(answer => answer.TrySetException(exception));

        public void Abandon() => _answers.ForEach(answer => answer.TrySetResult(null));
    }
}

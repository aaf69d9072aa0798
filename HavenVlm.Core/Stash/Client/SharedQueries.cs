namespace HavenVlm.Core.Stash.Client;

/// <summary>
/// Queries of scenes that are worked on at the same time share requests: while one is on its way, further callers gather, and the next one takes
/// what they ask. Nobody waits for company, and what is read is never older than the call. Equal calls are sent once.
/// </summary>
/// <param name="send">Sends calls as one request.</param>
internal sealed class SharedQueries(Func<IReadOnlyList<GraphQlCall>, CancellationToken, Task<GraphQlResults>> send)
{
    /// <summary>A request is closed when it holds so many different calls.</summary>
    public const int MostCalls = 120;

    private readonly Lock _guard = new();
    private readonly List<Question> _waiting = [];
    private bool _isOnItsWay;

    /// <summary>Asks, alone or together with others.</summary>
    /// <param name="calls">Queries only.</param>
    /// <param name="cancellationToken">Gives up this caller's wait; what others ask goes on.</param>
    /// <returns>What came back for these calls; complaints about others' calls are not among its errors.</returns>
    /// <exception cref="StashUnavailableException">Later it may work.</exception>
    /// <exception cref="StashException">It will not.</exception>
    public async Task<GraphQlResults> AskAsync(IReadOnlyList<GraphQlCall> calls, CancellationToken cancellationToken)
    {
        var question = new Question(calls);
        bool waits;
        lock (_guard)
        {
            waits = _isOnItsWay;
            _isOnItsWay = true;
            if (waits)
            {
                _waiting.Add(question);
            }
        }

        if (waits && await TurnAsync(question, cancellationToken) is { } outcome)
        {
            return outcome();
        }

        try
        {
            return await LeadAsync(question, cancellationToken);
        }
        finally
        {
            PassOn();
        }
    }

    /// <summary>Waits until another caller's request answered the question (what came of it), or until it is its turn (null).</summary>
    private async Task<Func<GraphQlResults>?> TurnAsync(Question question, CancellationToken cancellationToken)
    {
        try
        {
            return await question.Turn.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            bool hadTurn;
            lock (_guard)
            {
                question.IsGivenUp = true;
                hadTurn = !_waiting.Remove(question) && !question.IsGathered;
            }

            if (hadTurn)
            {
                PassOn();
            }

            throw;
        }
    }

    private void PassOn()
    {
        Question? next = null;
        lock (_guard)
        {
            if (_waiting.Count == 0)
            {
                _isOnItsWay = false;
            }
            else
            {
                next = _waiting[0];
                _waiting.RemoveAt(0);
            }
        }

        next?.Turn.SetResult(null);
    }

    private async Task<GraphQlResults> LeadAsync(Question leader, CancellationToken cancellationToken)
    {
        var calls = new DistinctCalls();
        calls.Add(leader.Calls);
        var others = leader.IsAlone ? [] : Gather(calls);
        if (others.Count == 0)
        {
            return await send(leader.Calls, cancellationToken);
        }

        try
        {
            var results = await send(calls.Calls, cancellationToken);
            if (!results.IsVoid && results.Errors.All(error => error.Call is not null))
            {
                foreach (var question in others)
                {
                    var answer = results.Only(calls.PositionsOf(question.Calls));
                    question.Turn.SetResult(() => answer);
                }

                return results.Only(calls.PositionsOf(leader.Calls));
            }

            Return(others, alone: true);
        }
        catch (StashUnavailableException e) when (e.Kind is StashErrorKind.Unreachable or StashErrorKind.Timeout)
        {
            others.ForEach(question => question.Turn.SetResult(() => throw Again(e)));
            throw;
        }
        catch (Exception e) when (e is StashException or StashUnavailableException)
        {
            // It may be the fault of one of them, or of what is too much at once: each asks by itself.
            Return(others, alone: true);
        }
        catch
        {
            // This caller gave up, which is nothing to the others.
            Return(others, alone: false);
            throw;
        }

        return await send(leader.Calls, cancellationToken);
    }

    private List<Question> Gather(DistinctCalls calls)
    {
        lock (_guard)
        {
            var others = _waiting.Where(question => !question.IsAlone).TakeWhile(question => calls.TryAdd(question.Calls)).ToList();
            others.ForEach(question => question.IsGathered = true);
            _ = _waiting.RemoveAll(question => question.IsGathered);
            return others;
        }
    }

    private void Return(List<Question> questions, bool alone)
    {
        lock (_guard)
        {
            foreach (var question in questions)
            {
                question.IsGathered = false;
                question.IsAlone = alone;
            }

            _waiting.InsertRange(0, questions.Where(question => !question.IsGivenUp));
        }
    }

    private static StashUnavailableException Again(StashUnavailableException failure) =>
        new(failure.Kind, failure.Message, failure) { RetryAfter = failure.RetryAfter, WasNeverSent = failure.WasNeverSent };

    /// <summary>What one caller asks; all but its turn belongs to the guard.</summary>
    private sealed class Question(IReadOnlyList<GraphQlCall> calls)
    {
        public IReadOnlyList<GraphQlCall> Calls => calls;

        public TaskCompletionSource<Func<GraphQlResults>?> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether a shared request with it failed, perhaps by its fault.</summary>
        public bool IsAlone { get; set; }

        /// <summary>Whether it is in a request that is on its way.</summary>
        public bool IsGathered { get; set; }

        /// <summary>Whether nobody waits for it any more.</summary>
        public bool IsGivenUp { get; set; }
    }

    private sealed class DistinctCalls
    {
        private readonly Dictionary<(GraphQlDocument, string), int> _positions = [];
        private readonly List<GraphQlCall> _calls = [];

        public IReadOnlyList<GraphQlCall> Calls => _calls;

        /// <summary>Adds them while there is room.</summary>
        public bool TryAdd(IReadOnlyList<GraphQlCall> calls)
        {
            if (_calls.Count + calls.Count > MostCalls)
            {
                return false;
            }

            Add(calls);
            return true;
        }

        public void Add(IReadOnlyList<GraphQlCall> calls)
        {
            foreach (var call in calls)
            {
                if (_positions.TryAdd(KeyOf(call), _calls.Count))
                {
                    _calls.Add(call);
                }
            }
        }

        public IReadOnlyList<int> PositionsOf(IReadOnlyList<GraphQlCall> calls) => [.. calls.Select(call => _positions[KeyOf(call)])];

        private static (GraphQlDocument Document, string Variables) KeyOf(GraphQlCall call) =>
            (call.Document, call.Variables?.ToJsonString() ?? "");
    }
}

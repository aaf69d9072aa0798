using HavenVlm.Core.Vlm.Pool.Limits;

namespace HavenVlm.Core.UnitTests.Vlm.Pool.Limits;

/// <summary>Many requests against a server in virtual time, with a limit that finds itself or a fixed one.</summary>
internal sealed class LimitRun(QueueModel server, Func<int, QueuedRequest> requests, LimitController? controller, int fixedLimit = 0)
{
    private readonly Queue<QueuedRequest> _again = new();
    private readonly List<QueuedRequest> _out = [];
    private double _pausedUntil;
    private int _made;

    /// <summary>Seconds after which a request is given up.</summary>
    public double Timeout { get; init; } = 120;

    /// <summary>Called after each answer with the number of answers.</summary>
    public Action<int> Answered { get; init; } = _ => { };

    /// <summary>Seconds so far.</summary>
    public double Now { get; private set; }

    /// <summary>When each answer came.</summary>
    public List<double> Answers { get; } = [];

    /// <summary>Work of all answers.</summary>
    public double Work { get; private set; }

    /// <summary>Most requests out at once.</summary>
    public int MostOut { get; private set; }

    /// <summary>Requests refused or given up.</summary>
    public int Overloads { get; private set; }

    /// <summary>The limit after each answer.</summary>
    public List<int> Limits { get; } = [];

    private int Limit => controller?.Limit ?? fixedLimit;

    /// <summary>Runs until there are so many answers.</summary>
    public LimitRun To(int answers)
    {
        while (Answers.Count < answers)
        {
            Send(answers);
            var giveUp = _out.Count == 0 ? double.MaxValue : _out.Min(each => each.SentAt) + Timeout - Now;
            var resume = _pausedUntil > Now ? _pausedUntil - Now : double.MaxValue;
            var step = Math.Min(server.UntilNext, Math.Min(giveUp, resume));
            server.Advance(step);
            Now += step;
            foreach (var request in server.Finished())
            {
                _out.Remove(request);
                Answers.Add(Now);
                Work += request.Work;
                controller?.Answered(request.Ticket, request.Tokens, TimeSpan.FromSeconds(Now));
                Limits.Add(Limit);
                Answered(Answers.Count);
            }

            foreach (var request in _out.Where(each => Now - each.SentAt >= Timeout - 1e-9).ToList())
            {
                server.Remove(request);
                Overload(request, pause: 0);
            }
        }

        return this;
    }

    private void Send(int answers)
    {
        while (Now >= _pausedUntil && _out.Count < Limit && Answers.Count + _out.Count < answers)
        {
            var request = _again.TryDequeue(out var old) ? old : requests(_made++);
            request.SentAt = Now;
            request.Ticket = controller?.Sent(TimeSpan.FromSeconds(Now)) ?? 0;
            _out.Add(request);
            MostOut = Math.Max(MostOut, _out.Count);
            if (!server.Take(request))
            {
                // As the pool does: nobody is sent for a second.
                Overload(request, pause: 1);
            }
        }
    }

    private void Overload(QueuedRequest request, double pause)
    {
        Overloads++;
        _out.Remove(request);
        _again.Enqueue(new QueuedRequest(request.Work, request.Tokens));
        _pausedUntil = Math.Max(_pausedUntil, Now + pause);
        controller?.Overloaded(request.Ticket, TimeSpan.FromSeconds(Now));
    }
}

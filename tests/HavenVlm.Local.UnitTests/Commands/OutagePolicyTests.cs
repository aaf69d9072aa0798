using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Local.Commands;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Local.UnitTests.Commands;

/// <summary>When a command stops waiting for its work.</summary>
public sealed class OutagePolicyTests
{
    private static readonly StatusProblem[] Away = [new(StatusProblem.Stash, NeedsUser: false, "Stash at x cannot be reached.")];
    private static readonly StatusProblem[] Refused = [new(StatusProblem.Stash, NeedsUser: true, "stash.apiKey is refused by x.")];

    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_only_a_person_can_change_ends_the_command_at_once(bool waits)
    {
        var policy = Policy(waits);
        Observe(policy, Refused, seconds: 0);

        var end = Assert.Throws<CommandException>(() => Observe(policy, Refused, seconds: 1));

        Assert.Equal(ExitCode.Failed, end.ExitCode);
        Assert.Equal(["stash.apiKey is refused by x.", "It is queued."], end.Message.Split(Environment.NewLine));
    }

    [Fact]
    public void An_outage_ends_the_command_after_a_while()
    {
        var policy = Policy();
        Observe(policy, Away, seconds: 0);
        Observe(policy, Away, seconds: 9);

        var end = Assert.Throws<CommandException>(() => Observe(policy, Away, seconds: 1));

        Assert.StartsWith("Stash does not answer. It is queued.", end.Message, StringComparison.Ordinal);
        Assert.Contains("--wait", end.Message, StringComparison.Ordinal);
        Assert.Contains("Stash at x cannot be reached.", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outage_that_is_waited_for_is_reported_once_and_again_when_it_returns()
    {
        var policy = Policy(waits: true);
        Observe(policy, Away, seconds: 0);
        Observe(policy, Away, seconds: 10);
        Observe(policy, Away, seconds: 60);
        Assert.Single(
            Lines(),
            line => line.StartsWith("Stash does not answer; the work is queued, Ctrl-C is safe.", StringComparison.Ordinal)
        );

        Observe(policy, [], seconds: 1);
        Observe(policy, Away, seconds: 1);
        Observe(policy, Away, seconds: 10);
        Assert.Equal(2, Lines().Length);
    }

    [Fact]
    public void A_problem_does_not_end_work_that_moves()
    {
        var policy = Policy();
        for (var frames = 0; frames < 20; frames++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            policy.Observe(Status(frames), Refused);
        }
    }

    [Fact]
    public void A_short_outage_is_waited_out_in_silence()
    {
        var policy = Policy();
        Observe(policy, Away, seconds: 0);
        Observe(policy, Away, seconds: 9);
        Observe(policy, [], seconds: 1);
        Observe(policy, Away, seconds: 1);
        Observe(policy, Away, seconds: 9);
        Assert.Empty(Lines());
    }

    [Fact]
    public void Problems_of_what_the_command_does_not_need_are_ignored()
    {
        var policy = Policy(needs: OutagePolicy.StashOnly);
        StatusProblem[] others = [new(StatusProblem.ModelServers, NeedsUser: true, "m"), new(StatusProblem.Ffmpeg, NeedsUser: true, "f")];
        Observe(policy, others, seconds: 0);
        Observe(policy, others, seconds: 100);
    }

    private static ProgressStatus Status(int frames) => new() { Stage = ProgressStage.Analyzing, FramesDone = frames };

    private void Observe(OutagePolicy policy, IReadOnlyList<StatusProblem> problems, int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        policy.Observe(Status(0), problems);
    }

    private OutagePolicy Policy(bool waits = false, IReadOnlyList<string>? needs = null) =>
        new(needs ?? OutagePolicy.Everything, waits, "It is queued.", new Terminal(TextWriter.Null, _error, isInteractive: false), _time);

    private string[] Lines() => _error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}

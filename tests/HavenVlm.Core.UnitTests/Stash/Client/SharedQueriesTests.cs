using System.Text.Json;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Core.UnitTests.Stash.Client;

/// <summary>Queries that are asked while another is on its way go together, over real HTTP; the test holds each request until it is let go.</summary>
public sealed class SharedQueriesTests : IAsyncLifetime
{
    private readonly SemaphoreSlim _letGo = new(0);
    private readonly List<int> _sizes = [];
    private readonly SharedQueries _queries;
    private SimulatedStash _stash = null!;
    private StashAt _at = null!;

    public SharedQueriesTests()
    {
        _queries = new SharedQueries(
            async (calls, cancellationToken) =>
            {
                lock (_sizes)
                {
                    _sizes.Add(calls.Count);
                }

                await _letGo.WaitAsync(cancellationToken);
                return await _at.Client.SendAsync(calls, cancellationToken);
            }
        );
    }

    public async ValueTask InitializeAsync()
    {
        _stash = await SimulatedStash.StartAsync(new SimulatedStashOptions { ApiKey = "key" });
        _at = new StashAt(_stash.Address, "key");
    }

    public async ValueTask DisposeAsync()
    {
        _at.Dispose();
        _letGo.Dispose();
        await _stash.DisposeAsync();
    }

    [Fact]
    public async Task The_first_goes_at_once_and_what_is_asked_meanwhile_goes_together()
    {
        var tags = Enumerable.Range(0, 10).Select(number => $"{_stash.Library.AddTag($"Tag {number}").Id}").ToList();

        var asked = tags.Select(tag => AskAsync(tag)).ToList();
        _ = _letGo.Release(2);
        var names = await Task.WhenAll(asked);

        Assert.Equal(Enumerable.Range(0, 10).Select(number => $"Tag {number}"), names);
        Assert.Equal([1, 9], _sizes);
        Assert.Equal(2, _stash.Requests.All.Count);
    }

    [Fact]
    public async Task Equal_calls_are_sent_once_and_answered_to_each()
    {
        var tag = $"{_stash.Library.AddTag("Holiday").Id}";

        var asked = Enumerable.Range(0, 5).Select(_ => AskAsync(tag, tag)).ToList();
        _ = _letGo.Release(2);

        Assert.All(await Task.WhenAll(asked), name => Assert.Equal("Holiday", name));
        Assert.Equal([2, 1], _sizes);
    }

    [Fact]
    public async Task Nothing_is_read_before_it_was_asked_for()
    {
        var tag = _stash.Library.AddTag("Before");
        var first = AskAsync($"{tag.Id}");
        _stash.Library.RenameTag(tag.Id, "Meanwhile");
        var second = AskAsync($"{tag.Id}");
        _ = _letGo.Release();
        _ = await first;
        _stash.Library.RenameTag(tag.Id, "Afterwards");
        _ = _letGo.Release();

        Assert.Equal("Afterwards", await second);
    }

    [Fact]
    public async Task A_complaint_reaches_only_who_asked_for_it()
    {
        var tag = $"{_stash.Library.AddTag("Holiday").Id}";
        var asked = new[] { AskAsync(tag), AskAsync(tag), AskAsync("not-a-number"), AskAsync(tag) };
        _ = _letGo.Release(10);

        Assert.Equal("Holiday", await asked[1]);
        Assert.Equal("Holiday", await asked[3]);
        var refused = await Assert.ThrowsAsync<StashException>(() => asked[2]);
        Assert.Equal(StashErrorKind.Refused, refused.Kind);
    }

    [Fact]
    public async Task A_complaint_that_takes_all_results_with_it_is_no_answer_to_the_others()
    {
        var broken = false;
        var queries = new SharedQueries(
            (calls, _) =>
            {
                // As Stash answers when findTags, which must not be null, fails.
                broken |= calls.Count > 1;
                var reply =
                    calls.Count > 1
                        ? """{"errors":[{"message":"no such table","path":["o1"]}],"data":null}"""
                        : """{"data":{"o0":{"id":"1","name":"Holiday"}}}""";
                return SendLaterAsync(reply, calls.Count);
            }
        );

        var asked = new[] { "1", "2", "3" }.Select(id => queries.AskAsync([StashClient.FindTagCall(id)], CancellationToken.None)).ToList();
        _ = _letGo.Release(10);

        Assert.All(await Task.WhenAll(asked), answer => Assert.Equal("Holiday", answer.OrThrow().Get<StashTag>(0)?.Name));
        Assert.True(broken);
    }

    [Theory]
    [InlineData(422)]
    [InlineData(500)]
    [InlineData(413)]
    public async Task What_fails_a_shared_request_each_time_fails_only_who_asks_for_it(int status)
    {
        var tag = $"{_stash.Library.AddTag("Holiday").Id}";
        _stash.Fault = new StashFault { Status = status, Containing = "987654" };

        var asked = new[] { AskAsync(tag), AskAsync(tag), AskAsync("987654"), AskAsync(tag) };
        _ = _letGo.Release(10);

        Assert.Equal(["Holiday", "Holiday", "Holiday"], [await asked[0], await asked[1], await asked[3]]);
        _ = await Assert.ThrowsAnyAsync<Exception>(() => asked[2]);
    }

    [Fact]
    public async Task Where_a_shared_request_is_refused_as_a_whole_each_asks_by_itself()
    {
        var tag = $"{_stash.Library.AddTag("Holiday").Id}";
        var first = AskAsync(tag);
        var asked = new[] { AskAsync(tag), AskAsync(tag, tag) };
        _ = _letGo.Release();
        Assert.Equal("Holiday", await first);

        _stash.Fault = new StashFault { Status = 422, Times = 1 };
        _ = _letGo.Release(10);

        Assert.All(await Task.WhenAll(asked), name => Assert.Equal("Holiday", name));
    }

    [Fact]
    public async Task An_outage_is_everybodys()
    {
        var first = AskAsync("1");
        var asked = new[] { AskAsync("2"), AskAsync("3") };
        _stash.Fault = new StashFault { Refuse = true };
        _ = _letGo.Release(10);

        await Assert.ThrowsAsync<StashUnavailableException>(() => first);
        foreach (var each in asked)
        {
            await Assert.ThrowsAsync<StashUnavailableException>(() => each);
        }
    }

    [Fact]
    public async Task Who_gives_up_costs_the_others_nothing()
    {
        var tag = $"{_stash.Library.AddTag("Holiday").Id}";
        using var leaders = new CancellationTokenSource();
        using var waiters = new CancellationTokenSource();
        var leading = AskAsync(leaders.Token, tag);
        var waiting = AskAsync(waiters.Token, tag);
        var patient = AskAsync(tag);

        await waiters.CancelAsync();
        await leaders.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leading);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _ = _letGo.Release(10);

        Assert.Equal("Holiday", await patient);
        Assert.Equal("Holiday", await AskAsync(tag));
    }

    [Fact]
    public async Task A_request_holds_no_more_than_a_hundred_and_twenty_calls()
    {
        var tags = Enumerable.Range(0, 300).Select(number => $"{_stash.Library.AddTag($"Tag {number}").Id}").ToList();

        var asked = tags.Chunk(10).Select(some => AskAsync([.. some])).ToList();
        _ = _letGo.Release(10);
        _ = await Task.WhenAll(asked);

        Assert.Equal([10, 120, 120, 50], _sizes);
    }

    [Fact]
    public async Task Hundreds_of_callers_that_give_up_at_random_leave_nobody_behind()
    {
        var random = new Random(4);
        var tag = $"{_stash.Library.AddTag("Holiday").Id}";
        _ = _letGo.Release(10_000);
        var asked = new List<(Task<string?> Task, CancellationTokenSource Source)>();
        for (var i = 0; i < 300; i++)
        {
            var source = new CancellationTokenSource();
            asked.Add((AskAsync(source.Token, tag), source));
            if (random.Next(3) == 0)
            {
                await asked[random.Next(asked.Count)].Source.CancelAsync();
            }
        }

        foreach (var (task, source) in asked)
        {
            await task.ContinueWith(_ => { }, TaskScheduler.Default);
            Assert.True(task.IsCanceled || await task == "Holiday");
            source.Dispose();
        }
    }

    private async Task<GraphQlResults> SendLaterAsync(string reply, int calls)
    {
        await _letGo.WaitAsync();
        using var document = JsonDocument.Parse(reply);
        return GraphQlResults.Read(document, calls, "http://stash");
    }

    private Task<string?> AskAsync(params IReadOnlyList<string> tags) => AskAsync(CancellationToken.None, tags);

    private async Task<string?> AskAsync(CancellationToken cancellationToken, params IReadOnlyList<string> tags)
    {
        var calls = tags.Select(StashClient.FindTagCall).ToList();
        return (await _queries.AskAsync(calls, cancellationToken)).OrThrow().Get<StashTag>(tags.Count - 1)?.Name;
    }
}

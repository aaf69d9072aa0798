using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.EngineContract;

/// <summary>Listing instances.</summary>
public abstract class ListingContract<TFixture> : ContractTest<TFixture>
    where TFixture : IEngineFixture, new()
{
    [Fact]
    public async Task Nothing_is_listed_when_there_is_nothing()
    {
        await StartEngineAsync();

        var page = await Client.ListAsync(new InstanceQuery(), CancellationToken.None);

        Assert.Empty(page.Instances);
        Assert.Null(page.Continuation);
    }

    [Fact]
    public async Task The_latest_come_first_and_pages_neither_repeat_nor_skip()
    {
        await StartWithAsync("a-1", "a-2", "b-1", "a-3", "b-2", "a-4", "a-5");

        var listed = new List<string>();
        var query = new InstanceQuery { Top = 2 };
        string? continuation = null;
        do
        {
            var page = await Client.ListAsync(query with { Continuation = continuation }, CancellationToken.None);
            Assert.InRange(page.Instances.Count, 1, 2);
            listed.AddRange(page.Instances.Select(i => i.InstanceId.Value));
            continuation = page.Continuation;
        } while (continuation is not null);

        Assert.Equal(["a-5", "a-4", "b-2", "a-3", "b-1", "a-2", "a-1"], listed);
    }

    [Theory]
    [InlineData("next")]
    [InlineData("1-x")]
    [InlineData("bm93aGVyZQ==")]
    [InlineData("OTIyMzM3MjAzNjg1NDc3NTgwNyBh")]
    public async Task A_continuation_that_no_page_came_with_is_refused(string continuation)
    {
        await StartEngineAsync();

        await Assert.ThrowsAsync<InvalidContinuationException>(() =>
            Client.ListAsync(new InstanceQuery { Continuation = continuation }, CancellationToken.None)
        );
    }

    [Fact]
    public async Task A_prefix_selects()
    {
        await StartWithAsync("a-1", "b-1", "A-2", "a-3", "a_4", "a%5");

        Assert.Equal("a-3, a-1", await IdsAsync(new InstanceQuery { Prefix = "a-" }));
        Assert.Equal("a_4", await IdsAsync(new InstanceQuery { Prefix = "a_" }));
        Assert.Empty(await IdsAsync(new InstanceQuery { Prefix = "c" }));
    }

    [Fact]
    public async Task States_select()
    {
        await StartWithAsync("ends-1", "ends-2", "waits-1", "waits-2");

        Assert.Equal("waits-2, waits-1", await IdsAsync(new InstanceQuery { Statuses = [RuntimeStatus.Running] }));
        Assert.Equal("ends-2, ends-1", await IdsAsync(new InstanceQuery { Statuses = [RuntimeStatus.Completed] }));
        Assert.Equal(
            "waits-2, waits-1, ends-2, ends-1",
            await IdsAsync(new InstanceQuery { Statuses = [RuntimeStatus.Completed, RuntimeStatus.Running] })
        );
        Assert.Empty(await IdsAsync(new InstanceQuery { Statuses = [RuntimeStatus.Terminated] }));
    }

    [Fact]
    public async Task Times_select()
    {
        await StartWithAsync("a-1", "a-2", "a-3");
        var middle = (await Client.GetAsync("a-2", withInput: false, CancellationToken.None))!.CreatedTime;

        Assert.Equal("a-3, a-2", await IdsAsync(new InstanceQuery { From = middle }));
        Assert.Equal("a-1", await IdsAsync(new InstanceQuery { To = middle }));
    }

    [Fact]
    public async Task Inputs_are_listed_for_who_asks_for_them()
    {
        await StartWithAsync("a-1");

        var without = await Client.ListAsync(new InstanceQuery(), CancellationToken.None);
        var with = await Client.ListAsync(new InstanceQuery { WithInput = true }, CancellationToken.None);

        Assert.Null(Assert.Single(without.Instances).Input);
        Assert.Equal("a-1", Assert.Single(with.Instances).Input?.GetString());
    }

    private async Task StartWithAsync(params string[] ids)
    {
        Define<string, string>(
            "Maybe",
            (context, id) =>
                id.StartsWith("waits", StringComparison.Ordinal) ? context.CallActivityAsync<string>("Gated", id) : Task.FromResult(id)
        );
        await StartEngineAsync();
        foreach (var id in ids)
        {
            await Client.StartAsync("Maybe", id, id, CancellationToken.None);
            await UntilAsync(i => i.HasEnded || id.StartsWith("waits", StringComparison.Ordinal), id);
        }

        foreach (var id in ids.Where(id => id.StartsWith("waits", StringComparison.Ordinal)))
        {
            await Gates.ArrivalAsync(id);
        }
    }

    private async Task<string> IdsAsync(InstanceQuery query) =>
        string.Join(", ", (await Client.ListAsync(query, CancellationToken.None)).Instances.Select(i => i.InstanceId));
}

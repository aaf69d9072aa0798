using System.Net;
using System.Text.Json;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Core.UnitTests.Simulators.Stash;

public sealed class FaultTests
{
    private const string Version = "{ version { version } }";

    [Theory]
    [InlineData(401)]
    [InlineData(422)]
    [InlineData(500)]
    public async Task Any_status_can_be_answered_for_so_many_requests(int status)
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        stash.Stash.Fault = new StashFault { Status = status, Times = 2 };
        Assert.Equal(status, await StatusAsync());
        Assert.Equal(status, await StatusAsync());
        Assert.Equal(200, await StatusAsync());

        async Task<int> StatusAsync()
        {
            using var response = await stash.Http.PostAsync(
                stash.Uri("/graphql"),
                new StringContent("{\"query\":\"{version{version}}\"}", null, "application/json")
            );
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task A_refused_connection_gives_no_answer()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        stash.Stash.Fault = new StashFault { Refuse = true };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => stash.SendAsync(Version));
        stash.Stash.Fault = null;
        await stash.DataAsync(Version);
    }

    [Fact]
    public async Task A_reply_can_be_truncated_or_cut()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        stash.Stash.Fault = new StashFault { TruncateAfter = 10 };
        await Assert.ThrowsAnyAsync<JsonException>(() => stash.SendAsync(Version));
        stash.Stash.Fault = new StashFault { DropAfter = 10 };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => stash.SendAsync(Version));
    }

    [Fact]
    public async Task A_video_can_break_off()
    {
        var path = Path.Combine(Path.GetTempPath(), $"simulated-stash-{Guid.NewGuid():N}.mp4");
        await File.WriteAllBytesAsync(path, new byte[1_000_000]);
        try
        {
            await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
            stash.Library.AddScene("A walk", new StashFile(0, path, DateTimeOffset.UnixEpoch));
            stash.Stash.Fault = new StashFault
            {
                DropAfter = 200_000,
                Scope = StashFaultScope.Media,
                Times = 1,
            };
            await stash.DataAsync(Version);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => stash.Http.GetByteArrayAsync(stash.Uri("/scene/1/stream")));
            Assert.Equal(1_000_000, (await stash.Http.GetByteArrayAsync(stash.Uri("/scene/1/stream"))).Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Restarts_at_the_same_address_with_its_database()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        stash.Library.AddTag("Kissing");
        await stash.DataAsync(Version);
        await stash.Stash.StopAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => stash.SendAsync(Version));
        await stash.Stash.StartAgainAsync();
        Assert.Equal(1, (await stash.DataAsync("{ findTags { count } }"))["findTags"]!["count"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(MutationMoment.Before, 1)]
    [InlineData(MutationMoment.After, 2)]
    public async Task The_connection_can_be_cut_before_or_after_the_n_th_change(MutationMoment moment, int done)
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        stash.Stash.AtMutation(
            2,
            moment,
            step =>
            {
                Assert.Equal("tagCreate", step.Field);
                step.DropConnection();
                return Task.CompletedTask;
            }
        );
        await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            stash.SendAsync(
                "mutation { a: tagCreate(input: {name: \"A\"}) { id } b: tagCreate(input: {name: \"B\"}) { id } c: tagCreate(input: {name: \"C\"}) { id } }"
            )
        );
        Assert.Equal(done, stash.Library.Tags.Count);
    }

    [Fact]
    public async Task The_user_can_act_between_two_changes()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        var tag = stash.Library.AddTag("Kissing").Id;
        stash.Stash.AtMutation(
            1,
            MutationMoment.Before,
            _ =>
            {
                stash.Library.DeleteTag(tag);
                return Task.CompletedTask;
            }
        );
        Assert.Equal($"id {tag} does not exist in tags", await stash.RefusalAsync($"mutation {{ tagDestroy(input: {{id: {tag}}}) }}"));
    }
}

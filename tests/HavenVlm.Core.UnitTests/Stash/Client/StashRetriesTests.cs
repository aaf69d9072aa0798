using System.Text.Json.Nodes;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.StashFixture;

namespace HavenVlm.Core.UnitTests.Stash.Client;

public sealed class StashRetriesTests
{
    private readonly SkippedTime _time = new();

    public static TheoryData<string> Passing { get; } = ["refused", "cut", "truncated", "500", "503"];

    /// <summary>Requests that must not happen twice; the last two are batches with a part that may.</summary>
    public static TheoryData<string> Once { get; } =
    ["sceneMarkerCreate", "tagCreate", "sceneMarkersDestroy", "metadataGenerate", "mixed", "mixed, create first"];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task A_query_survives_two_failures_that_pass(string name)
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        fixture.Stash.Fault = Fault(name) with { Times = 2 };

        var scene = await Client(transport).FindSceneAsync(fixture.SceneId, CancellationToken.None);

        Assert.Equal("A scene", scene!.Title);
        Assert.Equal(2, _time.Waits.Count);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("cut")]
    public async Task Tags_that_are_added_and_removed_survive_a_cut(string name)
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        var (added, removed) = (fixture.Stash.Library.AddTag("Kissing").Id, fixture.Stash.Library.AddTag("Hugging").Id);
        fixture.Stash.Library.TagScene(fixture.Scene, removed);
        fixture.Stash.Fault = Fault(name) with { Times = 1 };

        await Client(transport).ChangeSceneTagsAsync(fixture.SceneId, [$"{added}"], [$"{removed}"], CancellationToken.None);

        Assert.Equal(["Kissing"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
        _ = Assert.Single(_time.Waits);
    }

    [Theory]
    [MemberData(nameof(Once))]
    public async Task What_must_not_happen_twice_is_not_sent_again_after_a_cut(string request)
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        var calls = Calls(fixture, request);
        fixture.Stash.Requests.Clear();
        fixture.Stash.Fault = Fault("cut");

        var failure = await Assert.ThrowsAsync<StashUnavailableException>(() => Client(transport).SendAsync(calls, CancellationToken.None));

        Assert.False(failure.WasNeverSent);
        Assert.Empty(_time.Waits);
        _ = Assert.Single(fixture.Stash.Requests.Mutations);
    }

    [Theory]
    [MemberData(nameof(Once))]
    public async Task What_was_never_sent_is_sent_again_whatever_it_is(string request)
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        var calls = Calls(fixture, request);
        fixture.Stash.Requests.Clear();
        await fixture.Stash.StopAsync();
        _time.Meanwhile = () => fixture.Stash.StartAgainAsync();

        var results = await Client(transport).SendAsync(calls, CancellationToken.None);

        Assert.Empty(results.Errors);
        _ = Assert.Single(_time.Waits);
        _ = Assert.Single(fixture.Stash.Requests.Mutations);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Retry_After_is_honored(int status)
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        fixture.Stash.Fault = new StashFault
        {
            Status = status,
            RetryAfter = "3",
            Times = 1,
        };

        _ = await Client(transport).StatisticsAsync(CancellationToken.None);

        Assert.InRange(Assert.Single(_time.Waits), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.25));
    }

    [Fact]
    public async Task Retry_After_may_be_a_date()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        fixture.Stash.Fault = new StashFault
        {
            Status = 503,
            RetryAfter = DateTimeOffset.UtcNow.AddSeconds(6).ToString("R"),
            Times = 1,
        };

        _ = await Client(transport).StatisticsAsync(CancellationToken.None);

        // A date has whole seconds, and the clock has gone on since it was written.
        Assert.InRange(Assert.Single(_time.Waits), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6.25));
    }

    [Theory]
    [InlineData("10")]
    [InlineData("3600")]
    public async Task A_longer_Retry_After_than_the_window_fails_at_once(string seconds)
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        fixture.Stash.Fault = new StashFault { Status = 503, RetryAfter = seconds };

        _ = await Assert.ThrowsAsync<StashUnavailableException>(() => Client(transport).StatisticsAsync(CancellationToken.None));

        Assert.Empty(_time.Waits);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("4")]
    public async Task A_call_never_waits_longer_than_ten_seconds(string? retryAfter)
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        fixture.Stash.Fault = new StashFault { Status = 503, RetryAfter = retryAfter };
        for (var seed = 0; seed < 20; seed++)
        {
            var before = _time.Waited;

            _ = await Assert.ThrowsAsync<StashUnavailableException>(() => Client(transport, seed).StatisticsAsync(CancellationToken.None));

            Assert.InRange(_time.Waited - before, TimeSpan.FromMilliseconds(1), StashRetries.Window);
        }
    }

    [Fact]
    public async Task Waits_differ_between_programs()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        HashSet<TimeSpan> first = [];
        for (var seed = 0; seed < 5; seed++)
        {
            fixture.Stash.Fault = Fault("503") with { Times = 1 };
            _ = await Client(transport, seed).StatisticsAsync(CancellationToken.None);
            _ = first.Add(_time.Waits[^1]);
        }

        Assert.Equal(5, first.Count);
    }

    [Fact]
    public async Task In_a_long_outage_a_call_is_one_request_until_Stash_answers()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        var client = Client(transport);
        fixture.Stash.Fault = Fault("503");
        Assert.NotEqual(0, await WaitsOfAFailureAsync());
        _time.Advance(StashRetries.Window);

        Assert.Equal(0, await WaitsOfAFailureAsync());
        fixture.Stash.Fault = null;
        _ = await client.StatisticsAsync(CancellationToken.None);
        fixture.Stash.Fault = Fault("503");
        Assert.NotEqual(0, await WaitsOfAFailureAsync());

        async Task<int> WaitsOfAFailureAsync()
        {
            var before = _time.Waits.Count;
            _ = await Assert.ThrowsAsync<StashUnavailableException>(() => client.StatisticsAsync(CancellationToken.None));
            return _time.Waits.Count - before;
        }
    }

    [Fact]
    public async Task What_only_a_person_can_change_fails_at_once()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        fixture.Stash.Fault = new StashFault { Status = 401 };

        _ = await Assert.ThrowsAsync<StashException>(() => Client(transport).StatisticsAsync(CancellationToken.None));

        Assert.Empty(_time.Waits);
    }

    [Fact]
    public async Task A_cancelled_caller_does_not_wait()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        using var transport = Transport(fixture);
        using var giveUp = new CancellationTokenSource();
        fixture.Stash.Fault = Fault("503");
        _time.Meanwhile = async () =>
        {
            await giveUp.CancelAsync();
            await Task.Delay(Timeout.Infinite, giveUp.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        };

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(transport).StatisticsAsync(giveUp.Token));

        _ = Assert.Single(_time.Waits);
    }

    [Fact]
    public async Task The_programs_own_client_sends_again()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        _ = fixture.NewProcess(retries: true);
        fixture.Stash.Fault = Fault("cut") with { Times = 1 };

        Assert.NotNull(await fixture.Client.FindSceneAsync(fixture.SceneId, CancellationToken.None));
    }

    [Fact]
    public void Every_mutation_is_known_to_be_repeatable_or_not()
    {
        const string Folder = "HavenVlm.Core.Stash.Client.Queries.";
        var names = typeof(StashRetries)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^".graphql".Length]);

        var once = names.Where(name => !StashRetryRules.IsRepeatable([GraphQlCall.Of(name)])).Order(StringComparer.Ordinal);

        Assert.Equal(
            ["ConfigurePlugin", "CreateMarker", "CreateTag", "DestroyMarker", "DestroyMarkers", "DestroyTag", "GeneratePreviews"],
            once
        );
    }

    private static StashTransport Transport(StashFixture fixture) => new(fixture.Settings, TimeProvider.System);

    private StashClient Client(StashTransport transport, int seed = 1) =>
        new(transport, TimeProvider.System, new StashRetries(_time, new Random(seed)));

    private static StashFault Fault(string name) =>
        name switch
        {
            "refused" => new StashFault { Refuse = true },
            "cut" => new StashFault { DropAfter = 0 },
            "truncated" => new StashFault { TruncateAfter = 20 },
            _ => new StashFault { Status = int.Parse(name) },
        };

    private static IReadOnlyList<GraphQlCall> Calls(StashFixture fixture, string request)
    {
        var tag = fixture.Stash.Library.AddTag("Waving").Id;
        var marker = fixture.Stash.Library.AddMarker(fixture.Scene, tag, 33, title: "mine").Id;
        var content = new MarkerContent
        {
            TagId = $"{tag}",
            Title = "",
            Start = TimeSpan.FromSeconds(3),
            TagIds = [],
        };
        var create = StashClient.CreateMarkerCall(fixture.SceneId, content);
        var move = StashClient.MoveMarkerCall($"{marker}", content);
        return request switch
        {
            "sceneMarkerCreate" => [create],
            "tagCreate" => [StashClient.CreateTagCall("Dancing", parentId: null)],
            "sceneMarkersDestroy" => [GraphQlCall.Of("DestroyMarkers", new JsonObject { ["ids"] = new JsonArray($"{marker}") })],
            "metadataGenerate" =>
            [
                GraphQlCall.Of(
                    "GeneratePreviews",
                    new JsonObject
                    {
                        ["input"] = new JsonObject { ["markers"] = true, ["markerIDs"] = new JsonArray($"{marker}") },
                    }
                ),
            ],
            "mixed" => [move, create],
            _ => [create, move],
        };
    }
}

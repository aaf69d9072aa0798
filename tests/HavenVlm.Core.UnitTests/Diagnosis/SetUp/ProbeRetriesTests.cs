using System.Net;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.UnitTests.Stash.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.UnitTests.Diagnosis.SetUp;

public sealed class ProbeRetriesTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    private readonly SkippedTime _time = new() { Longest = Timeout / 2 };

    [Theory]
    [InlineData("cut")]
    [InlineData("502")]
    [InlineData("503")]
    public async Task A_probe_survives_two_failures_that_pass(string failure)
    {
        await using var server = await ServerAsync(failure, times: 2);

        Assert.Equal(ModelServerAnswer.Lists, (await ListAsync(server)).Answer);
    }

    [Fact]
    public async Task A_probe_asks_three_times_and_then_says_what_came()
    {
        await using var server = await ServerAsync("503", times: 3);

        var found = await ListAsync(server);

        Assert.Equal(ModelServerAnswer.SomethingElse, found.Answer);
        Assert.Contains("HTTP 503", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probe_honors_Retry_After()
    {
        await using var server = await ServerAsync("503", times: 1, retryAfter: "2");

        Assert.Equal(ModelServerAnswer.Lists, (await ListAsync(server)).Answer);

        Assert.Equal(TimeSpan.FromSeconds(2), _time.Waited);
    }

    [Theory]
    [InlineData("503", "60")]
    [InlineData("404", null)]
    public async Task A_probe_does_not_ask_again_when_that_would_take_too_long_or_change_nothing(string failure, string? retryAfter)
    {
        await using var server = await ServerAsync(failure, times: 1, retryAfter);

        var found = await ListAsync(server);

        Assert.Contains($"HTTP {failure}", found.Message, StringComparison.Ordinal);
    }

    private Task<ModelServer> ListAsync(WebApplication server) =>
        new ModelServerFinder(_time).ListAsync(server.Urls.Single() + "/v1", "", Timeout, TestContext.Current.CancellationToken);

    private static async Task<WebApplication> ServerAsync(string failure, int times, string? retryAfter = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var left = times;
        app.Run(context =>
        {
            if (Interlocked.Decrement(ref left) < 0)
            {
                return context.Response.WriteAsync("""{"data":[{"id":"qwen2.5-vl"}]}""");
            }

            if (failure is "cut")
            {
                context.Abort();
                return Task.CompletedTask;
            }

            context.Response.StatusCode = int.Parse(failure);
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return app;
    }
}

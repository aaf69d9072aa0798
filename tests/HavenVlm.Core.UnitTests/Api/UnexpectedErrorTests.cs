using System.Text;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.UnitTests.Api;

public sealed class UnexpectedErrorTests
{
    [Fact]
    public async Task An_unexpected_exception_is_a_500_that_keeps_its_message_for_the_log()
    {
        var thrown = new InvalidOperationException("Sequence contains no elements in /secret/place");

        var (answer, logged) = await AnswerAsync(thrown);

        Assert.Equal(500, answer.Status);
        Assert.StartsWith("application/problem+json", answer.ContentType, StringComparison.Ordinal);
        Assert.Equal(
            """{"type":"about:blank","title":"Unexpected error","status":500,"detail":"Something went wrong in Haven VLM. The log of the service has the details."}""",
            Encoding.UTF8.GetString(answer.Body.Span)
        );
        Assert.Same(thrown, Assert.Single(logged));
    }

    [Fact]
    public async Task What_is_away_for_now_is_a_503_that_names_it()
    {
        var (answer, logged) = await AnswerAsync(new UnavailableException("Stash does not answer."));

        Assert.Equal(503, answer.Status);
        Assert.Contains("Stash does not answer. Try again later.", Encoding.UTF8.GetString(answer.Body.Span), StringComparison.Ordinal);
        Assert.Empty(logged);
    }

    [Fact]
    public async Task What_of_the_host_is_away_for_now_is_a_503_that_names_it()
    {
        var thrown = new IOException("connection reset by 10.0.0.7");

        var (answer, logged) = await AnswerAsync(thrown, outage: "The storage account cannot be used now: HTTP 503.");

        Assert.Equal(503, answer.Status);
        var text = Encoding.UTF8.GetString(answer.Body.Span);
        Assert.Contains("The storage account cannot be used now: HTTP 503. Try again later.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.7", text, StringComparison.Ordinal);
        Assert.Same(thrown, Assert.Single(logged));
    }

    private static async Task<(ApiResponse Answer, List<Exception> Logged)> AnswerAsync(Exception thrown, string? outage = null)
    {
        var route = new ApiRoute
        {
            Method = "GET",
            Template = "api/broken",
            Name = "Broken",
            Summary = "Fails",
            HandleAsync = (_, _, _) => Task.FromException<ApiResponse>(thrown),
        };
        var request = new ApiRequest
        {
            Route = new Dictionary<string, string>(),
            Query = new Dictionary<string, string>(),
            Body = Stream.Null,
            BaseAddress = "http://localhost",
        };
        List<Exception> logged = [];
        string? Explain(Exception e)
        {
            logged.Add(e);
            return outage;
        }

        return (await route.AnswerAsync(null!, request, Explain, TestContext.Current.CancellationToken), logged);
    }
}

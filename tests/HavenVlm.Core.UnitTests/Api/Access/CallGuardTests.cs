using HavenVlm.Core.Api.Access;

namespace HavenVlm.Core.UnitTests.Api.Access;

public sealed class CallGuardTests
{
    private const string Own = "https://haven.example/vlm";

    [Theory]
    [InlineData("http://evil.example", "")]
    [InlineData("http://localhost:7072", "")]
    [InlineData("http://haven.example", "")]
    [InlineData("https://haven.example:444", "")]
    [InlineData("null", "")]
    [InlineData("not an address", "")]
    [InlineData("http://localhost:7071", "cross-site")]
    [InlineData("", "cross-site")]
    [InlineData("", "same-site")]
    [InlineData("", "something new")]
    public void A_page_of_another_site_changes_nothing_even_with_a_key(string origin, string site)
    {
        foreach (var method in (string[])["POST", "PUT", "DELETE", "PATCH"])
        {
            var refusal = CallGuard.Refusal(Call(method, origin, site), [Own], isOpen: false);

            Assert.Equal(403, refusal?.Status);
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("http://localhost:7071", "")]
    [InlineData("HTTP://LOCALHOST:7071", "")]
    [InlineData("https://haven.example", "")]
    [InlineData("https://haven.example", "same-origin")]
    [InlineData("https://behind.a.proxy", "same-origin")]
    [InlineData("", "none")]
    public void Our_own_page_and_programs_change_what_they_like(string origin, string site)
    {
        Assert.Null(CallGuard.Refusal(Call("POST", origin, site), [Own], isOpen: true));
        Assert.Null(CallGuard.Refusal(Call("GET", origin, site), [Own], isOpen: true));
    }

    [Fact]
    public void Reading_is_guarded_only_where_no_key_is_needed()
    {
        var call = Call("GET", "http://evil.example", "cross-site");

        Assert.Equal(403, CallGuard.Refusal(call, [Own], isOpen: true)?.Status);
        Assert.Null(CallGuard.Refusal(call, [Own], isOpen: false));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("text/plain")]
    [InlineData("text/plain; a=application/json")]
    [InlineData("")]
    public void A_body_that_a_form_could_send_is_refused(string type)
    {
        var refusal = CallGuard.Refusal(Call("POST", "", "") with { ContentType = type, HasBody = true }, [], isOpen: false);

        Assert.Equal(415, refusal?.Status);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/JSON; charset=utf-8")]
    [InlineData("application/merge-patch+json")]
    public void Json_is_taken(string type) =>
        Assert.Null(CallGuard.Refusal(Call("POST", "", "") with { ContentType = type, HasBody = true }, [], isOpen: false));

    private static CallSource Call(string method, string origin, string site) =>
        new()
        {
            Method = method,
            Host = "localhost:7071",
            Origin = origin,
            FetchSite = site,
        };
}

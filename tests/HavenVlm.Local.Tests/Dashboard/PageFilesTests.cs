using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using HavenVlm.Core.Api.Dashboard;
using HavenVlm.Local.Tests.Server;

namespace HavenVlm.Local.Tests.Dashboard;

public sealed partial class PageFilesTests(SharedServers servers)
{
    [Fact]
    public async Task The_page_and_its_files_need_no_key_and_hold_no_data()
    {
        var server = await servers.GetAsync(server: "apiKey: 'the-key-of-the-test'");

        var page = await server.Http.GetStringAsync("/");

        Assert.Contains("<title>Haven VLM</title>", page, StringComparison.Ordinal);
        foreach (var name in DashboardPage.Names)
        {
            var text = await server.Http.GetStringAsync($"/dashboard/{name}");
            Assert.DoesNotContain("the-key-of-the-test", text, StringComparison.Ordinal);
            Assert.DoesNotContain(server.Folder, text, StringComparison.Ordinal);
        }

        using var data = await server.Http.GetAsync("/api/status");
        Assert.Equal(HttpStatusCode.Unauthorized, data.StatusCode);
    }

    [Fact]
    public async Task Everything_that_the_page_names_is_one_of_its_files_and_nothing_comes_from_elsewhere()
    {
        var server = await servers.GetAsync();
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in DashboardPage.Names)
        {
            files[name] = await server.Http.GetStringAsync($"/dashboard/{name}");
        }

        var named = files.Values.SelectMany(text => Imports().Matches(text)).Select(match => match.Groups["name"].Value).Distinct();

        Assert.Equal(files.Keys.Where(name => name != "index.html").Order(), named.Order());
        Assert.All(files.Where(f => f.Key != "icon.svg"), f => Assert.DoesNotMatch(Outside(), f.Value));
        Assert.DoesNotMatch(Inline(), files["index.html"]);
    }

    [Fact]
    public async Task The_page_may_load_and_run_its_own_files_only()
    {
        var server = await servers.GetAsync();

        using var page = await server.Http.GetAsync("/");

        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        foreach (
            var rule in (string[])
                [
                    "default-src 'none'",
                    "script-src 'self'",
                    "style-src 'self'",
                    "connect-src 'self'",
                    "frame-ancestors 'none'",
                    "base-uri 'none'",
                    "form-action 'none'",
                ]
        )
        {
            Assert.Contains(rule, policy, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", page.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/dashboard/app.js", "text/javascript")]
    [InlineData("/dashboard/base.css", "text/css")]
    [InlineData("/dashboard/icon.svg", "image/svg+xml")]
    public async Task A_file_has_its_type_and_is_sent_again_only_when_it_changed(string path, string type)
    {
        var server = await servers.GetAsync();

        using var first = await server.Http.GetAsync(path);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(first.Headers.ETag!.Tag, isWeak: true));
        using var second = await server.Http.SendAsync(again);
        using var other = new HttpRequestMessage(HttpMethod.Get, path);
        other.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"of-an-older-version\""));
        using var third = await server.Http.SendAsync(other);

        Assert.Equal(type, first.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Theory]
    [InlineData("/dashboard/none.js")]
    [InlineData("/dashboard/..%2Fhaven.yaml")]
    [InlineData("/dashboard/%2e%2e%2fdata%2fserver.key")]
    [InlineData("/dashboard/App.js")]
    [InlineData("/dashboard/")]
    public async Task Other_names_do_not_exist(string path)
    {
        var server = await servers.GetAsync();

        using var response = await server.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [GeneratedRegex("""(from "\./|import "\./|(src|href)="dashboard/)(?<name>[a-z-]+\.[a-z]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Imports();

    [GeneratedRegex("""https?://[a-z]|url\(|@import""", RegexOptions.None, 1000)]
    private static partial Regex Outside();

    [GeneratedRegex("""<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:""", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Inline();
}

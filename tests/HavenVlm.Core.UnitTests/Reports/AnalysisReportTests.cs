using System.Text.RegularExpressions;
using HavenVlm.Core.Reports;

namespace HavenVlm.Core.UnitTests.Reports;

public sealed class AnalysisReportTests
{
    private const RegexOptions Safe = RegexOptions.NonBacktracking | RegexOptions.Singleline;

    [Fact]
    public void A_report_needs_nothing_from_outside()
    {
        var html = Small("holiday.mp4", "Kissing");
        Assert.All(
            Find(html, "(?:src|href|action)=\"[^\"]{0,30}"),
            address => Assert.StartsWith("src=\"data:image/jpeg;base64,", address, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_allows_exactly_the_script_that_is_in_the_page()
    {
        var html = Small("holiday.mp4", "Kissing");
        var begin = html.IndexOf("<script>", StringComparison.Ordinal) + "<script>".Length;
        var script = html[begin..html.IndexOf("</script>", begin, StringComparison.Ordinal)];
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(script)));
        Assert.Contains($"script-src 'sha256-{hash}'", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("' onmouseover='alert(1)")]
    [InlineData("</script><b>")]
    [InlineData("<!--")]
    [InlineData("&lt;")]
    public void Hostile_names_are_only_text(string text)
    {
        var html = Small(text, text, text);
        Assert.Equal(Shape(Small("plain", "plain", "plain")), Shape(html));
    }

    [Fact]
    public void Characters_that_hide_or_turn_text_are_shown_by_their_number()
    {
        var html = Small("a\u202egpj.exe", "Kiss\u0000\u200bing\u2066", "bad \u0007 reply \ud800");
        Assert.Contains("a[U+202E]gpj.exe", html, StringComparison.Ordinal);
        Assert.Contains("Kiss[U+0000][U+200B]ing[U+2066]", html, StringComparison.Ordinal);
        Assert.Contains("bad [U+0007] reply [U+FFFD]", html, StringComparison.Ordinal);
        var markup = Regex.Replace(html, "<script type=.*?</script>", "", Safe);
        Assert.DoesNotContain(markup, c => char.IsControl(c) && c != '\n');
        Assert.Empty(Find(markup, "[\u200b\u202a-\u202e\u2066-\u2069\ufeff]"));
    }

    [Fact]
    public void Every_tag_has_a_row_with_its_threshold_and_markers()
    {
        var html = AnalysisReport.Create(
            SampleReports.Of(
                "holiday.mp4",
                60,
                [SampleReports.Settings("Kissing"), SampleReports.Settings("Hugging", 0.75) with { Name = "Hug" }],
                (time, tag) => tag is "Kissing" && time is >= 10 and < 26 ? 0.9 : 0,
                _ => null
            )
        );
        Assert.Equal(2, Find(html, "<div class=\"row\">").Length);
        Assert.Contains("bottom:75%", html, StringComparison.Ordinal);
        Assert.Contains("asked as <bdi>Hugging</bdi>", html, StringComparison.Ordinal);
        Assert.Contains("left:16.667%;width:26.667%\" title=\"0:10 – 0:26 · 0.90\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Unanswered frames", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Unanswered_frames_are_marked_and_listed_with_their_reason()
    {
        var html = Small("holiday.mp4", "Kissing", "empty reply");
        Assert.Contains("title=\"0:20: empty reply\"", html, StringComparison.Ordinal);
        Assert.Contains("<tr><td>0:20<td><bdi>empty reply</bdi>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_marker_shows_the_picture_from_inside_it()
    {
        var html = AnalysisReport.Create(
            SampleReports.Of("holiday.mp4", 60, [SampleReports.Settings("Kissing")], (time, _) => time < 10 ? 0.9 : 0, _ => null, [1, 2, 3])
        );
        Assert.Contains("src=\"data:image/jpeg;base64,AQID\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void An_analysis_without_markers_and_answers_still_makes_a_report()
    {
        var html = AnalysisReport.Create(SampleReports.Of("empty.mp4", 10, [SampleReports.Settings("Kissing")], (_, _) => 0, _ => "away"));
        Assert.Contains("No tag held for long enough", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_video_with_many_tags_stays_small()
    {
        var tags = Enumerable.Range(0, 36).Select(i => SampleReports.Settings($"Tag {i}")).ToArray();
        var html = AnalysisReport.Create(
            SampleReports.Of("long.mp4", 4 * 3600, tags, (time, tag) => (Math.Sin((time + tag.Length) / 7) + 1) / 2, _ => null)
        );
        Assert.InRange(html.Length, 0, 8_000_000);
    }

    private static string Small(string video, string tag, string reason = "empty reply") =>
        AnalysisReport.Create(
            SampleReports.Of(
                video,
                60,
                [SampleReports.Settings(tag)],
                (time, _) => time is >= 30 and < 40 ? 0.9 : 0,
                time => time == 20 ? reason : null
            )
        );

    /// <summary>The tags of a page without its texts.</summary>
    private static string Shape(string html) =>
        string.Join('\n', Find(html, "<[^>]*>").Select(tag => Regex.Replace(tag, "title=\"[^\"]*\"", "", Safe)));

    private static string[] Find(string html, string pattern) => [.. Regex.Matches(html, pattern, Safe).Select(match => match.Value)];
}

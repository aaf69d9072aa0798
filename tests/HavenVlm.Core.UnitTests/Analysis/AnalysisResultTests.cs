using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Reports;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Analysis;

public sealed class AnalysisResultTests
{
    [Fact]
    public void Writes_the_documented_format()
    {
        var result = SampleReports
            .Of("holiday.mp4", 60, [SampleReports.Settings("Kissing")], (time, _) => time is >= 10 and < 26 ? 0.99 : 0, _ => null)
            .Result;
        var expected = JsonNode.Parse(
            """
            { "video": "holiday.mp4", "duration": 60.0, "model": "qwen2.5-vl-7b-instruct", "requests": 30,
              "frames": { "asked": 30, "answered": 30, "unanswered": 0, "reused": 0 },
              "tags": { "Kissing": 16.0 },
              "markers": [ { "tag": "Kissing", "start": 10.0, "end": 26.0, "confidence": 0.99 } ] }
            """
        );
        var json = JsonSerializer.SerializeToNode(result with { Answers = null }, HavenJson.Options);
        Assert.True(JsonNode.DeepEquals(expected, json), json!.ToJsonString());
        var answer = JsonSerializer.SerializeToNode(result.Answers![5], HavenJson.Options);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{ "t": 10.0, "tags": { "Kissing": 0.99 } }"""), answer), answer!.ToJsonString());
    }

    [Fact]
    public void An_unanswered_time_says_why_and_is_not_an_empty_answer()
    {
        var result = SampleReports
            .Of("holiday.mp4", 10, [SampleReports.Settings("Kissing")], (_, _) => 0, time => time == 4 ? "refused" : null)
            .Result;
        Assert.Equal(
            ["""{"t":2,"tags":{}}""", """{"t":4,"unanswered":"refused"}"""],
            result.Answers!.Skip(1).Take(2).Select(a => JsonSerializer.Serialize(a, HavenJson.Options))
        );
        Assert.Equal(new AnalysisFrames(5, 4, 1, 0), result.Frames);
        Assert.Equal(6, result.Requests);
    }
}

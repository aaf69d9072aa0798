using BenchmarkDotNet.Attributes;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;

namespace HavenVlm.Benchmarks.Micro;

/// <summary>Reading a model's reply about one picture, with 36 tags asked for.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class ReplyParsing
{
    private readonly ReplyExpectation _expected = new(
        new TagNames([.. Enumerable.Range(1, 32).Select(i => $"Tag number {i}"), "Kissing", "Hugging", "Waving", "Dancing"]),
        Pictures: 1
    );
    private readonly ChatReply _json = new()
    {
        Content = """{"tags":[{"name":"Kissing","confidence":0.93},{"name":"Dancing","confidence":0.61}]}""",
    };
    private readonly ChatReply _fenced = new()
    {
        Content = """
            <think>Two people stand close together. It may be hugging, but their faces touch.</think>
            Here is the answer:
            ```json
            {"tags": ["kissing", "Dancing"]}
            ```
            """,
    };
    private readonly ChatReply _prose = new() { Content = "Two people on a meadow in the evening | kissing, dancing" };
    private readonly ChatReply _hostile = new() { Content = string.Concat(Enumerable.Repeat("{\"tags\":[", 20_000)) };

    /// <summary>The JSON that was asked for.</summary>
    [Benchmark]
    public object Json() => ReplyParser.Parse(_json, _expected);

    /// <summary>JSON in a fence after thoughts.</summary>
    [Benchmark]
    public object ThoughtsAndFence() => ReplyParser.Parse(_fenced, _expected);

    /// <summary>A description and tags without JSON.</summary>
    [Benchmark]
    public object Prose() => ReplyParser.Parse(_prose, _expected);

    /// <summary>180 KB of brackets that are never closed.</summary>
    [Benchmark]
    public object NeverClosed() => ReplyParser.Parse(_hostile, _expected);
}

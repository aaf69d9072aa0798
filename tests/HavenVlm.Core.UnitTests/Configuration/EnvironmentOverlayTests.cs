using HavenVlm.Core.Configuration.Binding;
using static HavenVlm.Tests.Shared.Configurations;

namespace HavenVlm.Core.UnitTests.Configuration;

public sealed class EnvironmentOverlayTests
{
    private const string TwoEndpoints =
        "vlm: { endpoints: [ { name: a, baseUrl: 'http://a', apiKey: old }, { name: b, baseUrl: 'http://b' } ] }\ntags: { Kissing: { maxGap: 3s } }";

    [Fact]
    public void A_variable_overrides_the_file_in_any_case()
    {
        var options = Options(
            TwoEndpoints,
            ("HavenVlm__Vlm__Endpoints__0__ApiKey", "new"),
            ("HAVENVLM__VLM__ENDPOINTS__1__WEIGHT", "7"),
            ("havenvlm__tags__kissing__maxgap", "5%"),
            ("HavenVlm:Video:Threshold", "0.4"),
            ("HavenVlmOther", "ignored"),
            ("PATH", "ignored")
        );

        Assert.Equal(["new", ""], options.Vlm.Endpoints.Select(e => e.ApiKey));
        Assert.Equal([1, 7], options.Vlm.Endpoints.Select(e => e.Weight));
        Assert.Equal("5%", Assert.Single(options.Tags).Value.MaxGap.ToString());
        Assert.Equal(0.4, options.Video.Threshold);
    }

    [Fact]
    public void An_index_beyond_the_end_appends_in_the_order_of_the_indexes()
    {
        var endpoints = Options(
            TwoEndpoints,
            ("HavenVlm__Vlm__Endpoints__10__Name", "d"),
            ("HavenVlm__Vlm__Endpoints__10__BaseUrl", "http://d"),
            ("HavenVlm__Vlm__Endpoints__9__BaseUrl", "http://c"),
            ("HavenVlm__Vlm__Endpoints__9__Name", "c")
        ).Vlm.Endpoints;

        Assert.Equal(["a", "b", "c", "d"], endpoints.Select(e => e.Name));
        Assert.Equal(["http://a", "http://b", "http://c", "http://d"], endpoints.Select(e => e.BaseUrl));
    }

    [Fact]
    public void The_order_of_variables_does_not_go_in_circles()
    {
        string[][] ascending =
        [
            ["1a"],
            ["9"],
            ["10"],
            ["09"],
            ["-5"],
            ["a"],
            ["A", "2"],
            ["a", "10"],
            ["B"],
            ["+3"],
            [],
        ];
        var order = EnvironmentOverlay.SegmentOrder.Instance;

        foreach (var a in ascending)
        {
            foreach (var b in ascending)
            {
                Assert.Equal(Math.Sign(order.Compare(a, b)), -Math.Sign(order.Compare(b, a)));
                Assert.All(
                    ascending.Where(c => order.Compare(a, b) <= 0 && order.Compare(b, c) <= 0),
                    c => Assert.True(order.Compare(a, c) <= 0, $"{string.Join("__", a)} < {string.Join("__", b)} < {string.Join("__", c)}")
                );
            }
        }
    }

    [Fact]
    public void Everything_can_come_from_the_environment()
    {
        var options = Options(
            "",
            ("HavenVlm__Vlm__Endpoints__0__Name", "a"),
            ("HavenVlm__Vlm__Endpoints__0__BaseUrl", "http://a"),
            ("HavenVlm__Vlm__ExtraBody__options__top_k", "20"),
            ("HavenVlm__Tags__Kissing__Description", "null"),
            ("HavenVlm__Stash__PathMap", "[{\"from\": \"/a\", \"to\": \"/b\"}]"),
            ("HavenVlm__Stash__PathMap__0__To", "/c"),
            ("HavenVlm__Sweep__Watch", "")
        );

        Assert.Equal("a", Assert.Single(options.Vlm.Endpoints).Name);
        Assert.Equal("""{"options":{"top_k":20}}""", options.Vlm.ExtraBody.ToJsonString());
        Assert.Equal("null", options.Tags["Kissing"].Description);
        Assert.Equal("/c", Assert.Single(options.Stash.PathMap).To);
        Assert.Null(options.Sweep.Watch);
    }

    [Theory]
    [InlineData("HavenVlm__Vlm__Modle", "x", "HavenVlm__Vlm__Modle: vlm.Modle: unknown key, did you mean model?")]
    [InlineData("HavenVlm__Vlm", "[1]", "HavenVlm__Vlm: vlm: a list was found, expected a map with model, endpoints")]
    [InlineData("HavenVlm__Vlm", "{", "HavenVlm__Vlm: vlm: not valid YAML")]
    [InlineData("HavenVlm__Vlm__MaxTokens", "1", "HavenVlm__Vlm__MaxTokens: vlm.maxTokens: \"1\" is too small")]
    [InlineData("HavenVlm__Vlm__MaxTokens__0", "1", "HavenVlm__Vlm__MaxTokens__0: vlm.maxTokens: is a single value and has no 0")]
    [InlineData("HavenVlm__Vlm__Endpoints__first__Name", "a", "\"first\" is not the number of an item; expected 0 for the first")]
    [InlineData("HavenVlm__Vlm__Endpoints__0", "{ name: a }", "HavenVlm__Vlm__Endpoints__0: vlm.endpoints[0].baseUrl: missing")]
    [InlineData("HavenVlm__Tags__A", "a", "tags.A: a single value or a list was found, expected a map with description")]
    [InlineData("HavenVlm__Vlm__Endpoints__0__Name", "a", "HavenVlm__Vlm__Endpoints__0__Name: vlm.endpoints[0].baseUrl: missing")]
    public void A_mistake_names_the_variable(string name, string value, string expected) =>
        Assert.Contains(expected, Assert.Single(Errors("", (name, value))), StringComparison.Ordinal);

    [Fact]
    public void The_same_setting_twice_is_a_mistake()
    {
        var error = Assert.Single(Errors("", ("HavenVlm__Vlm__Model", "a"), ("HAVENVLM__VLM__MODEL", "b")));

        Assert.Contains("the same setting as HAVENVLM__VLM__MODEL", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_file_has_something_else_the_file_is_blamed() =>
        Assert.StartsWith(
            "haven.yaml:1: vlm.endpoints: a single value was found",
            Assert.Single(Errors("vlm: { endpoints: 5 }", ("HavenVlm__Vlm__Endpoints__0__Name", "a"))),
            StringComparison.Ordinal
        );
}

using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Import;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Configuration.Import;

public sealed class ConfigurationImportTests
{
    private static readonly ConfigurationImport Usual = OldFiles.Import(OldFiles.Usual);

    private static HavenOptions Options => Usual.Configuration.Options;

    [Fact]
    public void Model_and_endpoints_come_over_under_their_new_names()
    {
        Assert.Equal("some/model-7b", Options.Vlm.Model);
        Assert.Equal(["pc", "pc-2"], Options.Vlm.Endpoints.Select(endpoint => endpoint.Name));
        var first = Options.Vlm.Endpoints[0];
        Assert.Equal("http://192.168.1.20:1234/v1", first.BaseUrl);
        Assert.Equal("local-secret", first.ApiKey);
        Assert.Equal(9, first.Weight);
        Assert.Equal(10, first.MaxConcurrent);
        Assert.Equal(TimeSpan.FromSeconds(70), first.Timeout);
        Assert.Equal("http://localhost:11434/v1", Options.Vlm.Endpoints[1].BaseUrl);
    }

    [Fact]
    public void An_endpoint_outside_comes_commented_out_with_a_warning_and_without_its_key()
    {
        Assert.Contains(
            "    # - name: \"cloud-far\"\n    #   baseUrl: \"https://models.example.com:443/v1\"\n",
            Usual.Yaml,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("cloud-secret", Usual.Yaml, StringComparison.Ordinal);
        Assert.Contains("models.example.com", Assert.Single(Usual.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_in_no_list()
    {
        var said = string.Join('\n', Usual.Taken.Concat(Usual.NotTaken).Concat(Usual.Warnings));

        Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "secret",
            string.Concat(Usual.Yaml.Split('\n').Where(line => line.StartsWith('#'))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Tags_come_over_with_what_each_is_marked_by()
    {
        Assert.Equal(["Kissing", "Hugging", "Waving", "Back\\slash"], Options.Tags.Keys);
        var kissing = Options.Tags["Kissing"];
        Assert.Equal("Snogging", kissing.Rename);
        Assert.Equal(0.5, kissing.Threshold);
        Assert.Equal("30s", kissing.MaxGap.ToString());
        Assert.Equal("5%", kissing.RequiredDuration.ToString());
        Assert.Equal("2s", Options.Tags["Hugging"].MinMarkerDuration.ToString());
        Assert.Null(Options.Tags["Hugging"].MaxGap);
    }

    [Fact]
    public void Plain_settings_come_over_also_by_names_sums_and_annotations()
    {
        Assert.Equal(TimeSpan.FromSeconds(90), Options.Video.FrameInterval);
        Assert.Equal(SamplingMode.Adaptive, Options.Video.Sampling);
        Assert.Equal(0.25, Options.Video.Threshold);
        Assert.Equal(20, Options.Concurrency.Scenes);
        Assert.Equal("AI", Options.StashTags.Base);
        Assert.Equal("AI_TagMe", Options.StashTags.TagMe);
        Assert.Equal("AI_Tagged", Options.StashTags.Tagged);
        Assert.False(Options.Markers.Create);
        Assert.Equal([("E:\\media", "/mnt/media"), ("/data/", "/srv/data")], Options.Stash.PathMap.Select(map => (map.From, map.To)));
    }

    [Theory]
    [InlineData("line 28: not a plain value")]
    [InlineData("line 46: VIDEO_CONFIDENCE_RETURN has no equal: confidence is always kept")]
    [InlineData("line 48: SERVER_TIMEOUT has no equal")]
    [InlineData("line 52: not a plain value")]
    [InlineData("line 55: MY_OWN has no equal")]
    [InlineData("max_concurrent_requests has no equal")]
    [InlineData("not in tag_list, so never asked for: Juggling")]
    public void What_is_not_taken_is_named_with_its_line(string expected)
    {
        Assert.Contains(Usual.NotTaken, entry => entry.Contains(expected, StringComparison.Ordinal));
        Assert.Contains(expected, Usual.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_not_allowed_here_is_left_out_alone()
    {
        Assert.Null(Options.Tags["Hugging"].Threshold);
        Assert.Contains(Usual.NotTaken, entry => entry.Contains("too large", StringComparison.Ordinal));
    }

    [Fact]
    public void Code_is_not_run_and_named_by_its_lines()
    {
        Assert.Contains("# Lines 4-5, 57-62 are code, not settings.", Usual.Yaml, StringComparison.Ordinal);
        Assert.Contains(Usual.NotTaken, entry => entry.StartsWith("line 64: not a plain value", StringComparison.Ordinal));
    }

    [Fact]
    public void A_setting_that_code_changes_afterwards_is_not_taken()
    {
        var import = OldFiles.Import("VIDEO_THRESHOLD = 0.25\nCREATE_MARKERS = True\nVIDEO_THRESHOLD += 0.5\n");

        Assert.Equal(0.3, import.Configuration.Options.Video.Threshold);
        Assert.Contains(import.NotTaken, entry => entry.StartsWith("line 3: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("print('hello')\n")]
    [InlineData("<html></html>")]
    [InlineData("VIDEO_THRESHOLD = (0.3\nCREATE_MARKERS = True\n")]
    public void Distinguishes_an_empty_configuration_file(string source) =>
        Assert.Contains(
            "no settings of the plugin",
            Assert.Throws<PermanentFailureException>(() => OldFiles.Import(source)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void With_no_endpoint_inside_the_list_is_there_to_be_filled()
    {
        var import = OldFiles.Import(
            OldFiles
                .Usual.Replace("192.168.1.20", "1.2.3.4", StringComparison.Ordinal)
                .Replace("localhost", "example.org", StringComparison.Ordinal)
        );

        Assert.Empty(import.Configuration.Options.Vlm.Endpoints);
        Assert.Contains(import.Configuration.Missing, missing => missing.StartsWith("vlm.endpoints", StringComparison.Ordinal));
        Assert.Equal(3, import.Warnings.Count);
    }
}

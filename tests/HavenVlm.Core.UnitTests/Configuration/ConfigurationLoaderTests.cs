using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.Configurations;

namespace HavenVlm.Core.UnitTests.Configuration;

public sealed class ConfigurationLoaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    [InlineData("{}")]
    [InlineData("stash:\nvlm: ~\nvideo: { threshold: null }")]
    public void What_is_left_out_or_empty_has_its_default(string yaml)
    {
        var expected = new HavenOptions();
        expected = expected with
        {
            Storage = expected.Storage with { DataDir = Path.Combine(Folder, "data") },
            Export = expected.Export with { OutputDir = Path.Combine(Folder, "output_data") },
        };

        Assert.Equal(Json(expected), Json(Options(yaml)));
    }

    [Fact]
    public void Tag_names_may_hold_any_character()
    {
        var tags = Options(
            "tags:\n  'Kiss: on.the_cheek [a]': { maxGap: 5% }\n  \"Umarmung \\u00e4 \\ud83d\\ude00\": ~\n  <none>: {}\n  'yes': {}\n  1: {}"
        ).Tags;

        Assert.Equal(["Kiss: on.the_cheek [a]", "Umarmung ä 😀", "<none>", "yes", "1"], tags.Keys);
        Assert.Equal(MarkerDuration.OfShare(0.05), tags["kiss: on.the_cheek [A]"].MaxGap);
    }

    [Fact]
    public void Json_is_yaml()
    {
        var options = Options(
            "{\n\t\"vlm\": {\n\t\t\"model\": \"a\\/b\",\n\t\t\"endpoints\": [{\"name\": \"x\", \"baseUrl\": \"http://x/v1/\", \"weight\": 3}]\n\t}\n}"
        );

        Assert.Equal("a/b", options.Vlm.Model);
        Assert.Equal("http://x/v1", Assert.Single(options.Vlm.Endpoints).BaseUrl);
    }

    [Fact]
    public void Values_are_read_in_the_ways_that_people_write_them()
    {
        var options = Options(
            """
            vlm: { maxUnanswered: 7%, giveUpAfter: "", overflowAfter: 500ms, confidence: Logprobs, prompt: "Tags: {tags}" }
            tags: { A: { requiredDuration: 0, threshold: "0.5", minMarkerDuration: 1.5m } }
            video: { vr: off, boundaryPrecision: 0.5s }
            stash: { url: "http://nas:9999/", apiKey: 12345 }
            sweep: { watch: "" }
            storage: { keepHistory: 30d }
            server: { listen: "http://[::1]:0/" }
            logging: { level: debug }
            """
        );

        Assert.Equal(0.07, options.Vlm.MaxUnanswered);
        Assert.Null(options.Vlm.GiveUpAfter);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Vlm.OverflowAfter);
        Assert.Equal(ConfidenceKind.Logprobs, options.Vlm.Confidence);
        Assert.Equal(MarkerDuration.OfTime(TimeSpan.Zero), options.Tags["A"].RequiredDuration);
        Assert.Equal(0.5, options.Tags["A"].Threshold);
        Assert.Equal(MarkerDuration.OfTime(TimeSpan.FromSeconds(90)), options.Tags["A"].MinMarkerDuration);
        Assert.Equal(VrMode.Off, options.Video.Vr);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Video.BoundaryPrecision);
        Assert.Equal("http://nas:9999", options.Stash.Url);
        Assert.Equal("12345", options.Stash.ApiKey);
        Assert.Null(options.Sweep.Watch);
        Assert.Equal(TimeSpan.FromDays(30), options.Storage.KeepHistory);
        Assert.Equal("http://[::1]:0", options.Server.Listen);
        Assert.Equal("Debug", options.Logging.Level);
    }

    [Fact]
    public void Provider_parameters_keep_their_types()
    {
        var body = Options(
            "vlm: { extraBody: { keep_alive: 10m, top_k: 20, think: false, quoted: '20', list: [1, a, ~], options: { top_p: 0.5 } } }"
        ).Vlm.ExtraBody;

        Assert.Equal(
            """{"keep_alive":"10m","top_k":20,"think":false,"quoted":"20","list":[1,"a",null],"options":{"top_p":0.5}}""",
            body.ToJsonString()
        );
    }

    [Fact]
    public void Anchors_and_merge_keys_work_and_an_override_of_one_place_leaves_the_other()
    {
        var endpoints = Options(
            """
            vlm:
              endpoints:
                - &base { name: a, baseUrl: "http://a", weight: 2, timeout: 10s }
                - { <<: *base, name: b, weight: 3 }
              extraBody: &body { x: { y: 1 } }
            """,
            ("HavenVlm__Vlm__Endpoints__0__Timeout", "20s")
        ).Vlm.Endpoints;

        Assert.Equal(["a", "b"], endpoints.Select(e => e.Name));
        Assert.Equal([2, 3], endpoints.Select(e => e.Weight));
        Assert.Equal([20d, 10d], endpoints.Select(e => e.Timeout.TotalSeconds));
    }

    [Fact]
    public void Relative_folders_resolve_against_the_file()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "haven.yaml");
        File.WriteAllText(file, "storage: { dataDir: ../d }\nexport: { outputDir: /o }\nstash: { pathMap: [ { from: /a, to: b } ] }");

        var loaded = ConfigurationLoader.Load(file, new Dictionary<string, string>());

        Assert.Equal(Path.GetFullPath(Path.Combine(folder.Path, "../d")), loaded.Options.Storage.DataDir);
        Assert.Equal("/o", loaded.Options.Export.OutputDir);
        Assert.Equal(Path.Combine(folder.Path, "b"), loaded.Options.Stash.PathMap[0].To);
        Assert.Equal(file, loaded.File);
    }

    [Fact]
    public void Missing_settings_are_listed_but_are_no_error()
    {
        Assert.Equal(["vlm.endpoints", "tags"], Load("").Missing.Select(m => m.Split(':')[0]));
        Assert.Equal(
            ["vlm.model"],
            Load("tagsFromStash: X\nvlm: { endpoints: [ { name: a, baseUrl: 'http://a' }, { name: b, baseUrl: 'http://b', model: m } ] }")
                .Missing.Select(m => m.Split(':')[0])
        );
        Assert.Empty(Load("tags: { A: }\nvlm: { model: m, endpoints: [ { name: a, baseUrl: 'http://a' } ] }").Missing);
    }

    [Theory]
    [InlineData("asked.yaml", "env.yaml", "asked.yaml")]
    [InlineData(null, "env.yaml", "env.yaml")]
    [InlineData("", "", "haven.yaml")]
    [InlineData(null, null, "haven.yaml")]
    public void The_file_is_the_one_asked_for_else_the_one_of_the_environment_else_haven_yaml(
        string? asked,
        string? variable,
        string expected
    )
    {
        var environment = new Dictionary<string, string>();
        if (variable is not null)
        {
            environment["HAVEN_CONFIG"] = variable;
        }

        Assert.Equal(expected, ConfigurationFile.Find(asked, environment, "/nowhere"));
    }

    [Fact]
    public void The_environment_alone_may_be_the_configuration() =>
        Assert.Null(ConfigurationFile.Find(null, new Dictionary<string, string> { ["HavenVlm__Stash__Url"] = "http://s" }, "/nowhere"));
}

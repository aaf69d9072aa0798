using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Configuration;

public sealed class ConfigurationMistakesTests
{
    /// <summary>Configuration, and the one message that it must give.</summary>
    public static TheoryData<string, string> Mistakes =>
        new()
        {
            { "vlm:\n  modle: x", "haven.yaml:2: vlm.modle: unknown key, did you mean model?" },
            { "stsh: {}", "haven.yaml:1: stsh: unknown key, did you mean stash?" },
            { "video:\n  maxGap: 3s", "haven.yaml:2: video.maxGap: unknown key, did you mean tags.<name>.maxGap?" },
            { "images: { zoom: 2 }", "haven.yaml:1: images.zoom: unknown key, expected threshold, batchSize" },
            { "images: { threshold: 0.1, threshold: 0.2 }", "haven.yaml:1: images.threshold: given twice, first in line 1 (remove one)" },
            { "video: 3", "haven.yaml:1: video: a single value was found, expected a map with frameInterval, threshold, sampling," },
            { "video: [1]", "haven.yaml:1: video: a list was found, expected a map with" },
            { "stash:\n  url: {a: 1}", "haven.yaml:2: stash.url: a map was found, expected an address" },
            { "vlm: { endpoints: {} }", "haven.yaml:1: vlm.endpoints: a map was found, expected a list (begin each item with - )" },
            { "tags: [Kissing]", "haven.yaml:1: tags: a list was found, expected a map of names (write each as Name: {} instead" },
            { "tags:\n  Kissing: lips", "haven.yaml:2: tags.Kissing: a single value was found, expected a map with description," },
            { "tags: { Kissing: {}, kissing: {} }", "haven.yaml:1: tags.kissing: given twice (upper and lower case count as the same" },
            { "tags: { ' Kissing': {} }", "haven.yaml:1: tags[\" Kissing\"]: the name is empty or has spaces around it" },
            { "tags: { VLM_tagged: {} }", "\"VLM_tagged\" is the name that stashTags.tagged uses in Stash (choose another with rename)" },
            { "tags: { A: { category: nope } }", "tags.A.category: \"nope\" is unknown, no categories are configured (add it under" },
            {
                "categories: { actions: {} }\ntags: { A: { category: action } }",
                "haven.yaml:2: tags.A.category: \"action\" is unknown, did you mean actions?"
            },
            { "tags: { A: { maxGap: 120% } }", "tags.A.maxGap: \"120%\" is more than the whole; expected a duration such as" },
            {
                "concurrency: { scenes: many }",
                "concurrency.scenes: \"many\" is not a whole number; expected a whole number from 1 to 1000"
            },
            { "concurrency: { scenes: 0 }", "concurrency.scenes: \"0\" is too small; expected a whole number from 1 to 1000" },
            { "concurrency: { scenes: 1.5 }", "concurrency.scenes: \"1.5\" is not a whole number" },
            { "concurrency: { scenes: 99999999999999999999 }", "concurrency.scenes: \"99999999999999999999\" is" },
            { "video: { threshold: 1.5 }", "video.threshold: \"1.5\" is too large; expected a number from 0 to 1" },
            { "video: { threshold: NaN }", "video.threshold: \"NaN\" is not a number" },
            { "vlm: { fixedConfidence: 0 }", "vlm.fixedConfidence: \"0\" is too small; expected a number above 0 and up to 1" },
            { "vlm: { maxUnanswered: 10 }", "vlm.maxUnanswered: \"10\" is more than the whole; expected a share such as 10% or 0.1" },
            { "vlm: { maxUnanswered: few }", "vlm.maxUnanswered: \"few\" is not a share" },
            {
                "video: { frameInterval: 2 }",
                "video.frameInterval: \"2\" has no unit; expected a duration from 100ms to 1h, a number with ms, s"
            },
            { "video: { frameInterval: 2 parsecs }", "video.frameInterval: \"2 parsecs\" is not a duration" },
            { "video: { frameInterval: 5ms }", "video.frameInterval: \"5ms\" is too short" },
            { "video: { frameInterval: '' }", "video.frameInterval: \"\" is not a duration" },
            { "video: { frameInterval: -2s }", "video.frameInterval: \"-2s\" is not a duration" },
            { "storage: { keepHistory: 99999999999d }", "storage.keepHistory: \"99999999999d\" is too long" },
            { "video: { reuseStill: maybe }", "video.reuseStill: \"maybe\" is neither true nor false; expected true or false" },
            {
                "video: { sampling: adaptve }",
                "video.sampling: \"adaptve\" is unknown, did you mean adaptive?; expected linear or adaptive"
            },
            { "video: { hwaccel: rm -rf }", "video.hwaccel: \"rm -rf\" is not such a name; expected auto, none or the name of" },
            {
                "logging: { level: Info }",
                "logging.level: \"Info\" is unknown; expected Trace, Debug, Information, Warning, Error or Critical"
            },
            {
                "stash: { url: localhost }",
                "stash.url: \"localhost\" is not an address; expected an address such as http://localhost:1234"
            },
            { "stash: { url: 'ftp://nas' }", "stash.url: \"ftp://nas\" begins with neither http:// nor https://" },
            { "stash: { url: 'http://nas/?a=b' }", "stash.url: \"http://nas/?a=b\" holds more than a path after the host" },
            { "stash: { pathMap: [ { to: /mnt } ] }", "haven.yaml:1: stash.pathMap[0].from: missing; expected the path of a folder" },
            {
                "stash: { pathMap: [ { from: 'E:\\a\\', to: /a }, { from: E:/a, to: /b } ] }",
                "stash.pathMap[1].from: \"E:/a\" is mapped by stash.pathMap[0] already"
            },
            {
                "stash: { apiKey: 'two words' }",
                "stash.apiKey: the value holds a character that no key has; expected a key of plain letters"
            },
            {
                "server: { listen: 'https://127.0.0.1:1' }",
                "server.listen: \"https://127.0.0.1:1\" asks for https, which a reverse proxy in front has to offer"
            },
            { "server: { listen: 'http://127.0.0.1' }", "server.listen: \"http://127.0.0.1\" has no port" },
            { "server: { listen: 'http://nas:7071' }", "server.listen: \"http://nas:7071\" names no address of this machine" },
            { "server: { listen: 'http://127.0.0.1:70000' }", "server.listen: \"http://127.0.0.1:70000\" has a port above 65535" },
            { "sweep: { schedule: '*/15 * * * *' }", "sweep.schedule: \"*/15 * * * *\" has five fields, put the seconds in front" },
            {
                "sweep: { schedule: '0 0 25 * * *' }",
                "sweep.schedule: \"0 0 25 * * *\" \"25\" in the field hour is not a number from 0 to 23"
            },
            {
                "sweep: { watch: never }",
                "sweep.watch: \"never\" is not a duration; expected a duration from 1s to 1d, a number with ms, s, m, h or d such as 2s, or nothing"
            },
            { "stashTags: { tagged: VLM_Errored }", "stashTags.errored: \"VLM_Errored\" is what stashTags.tagged is called too" },
            { "stashTags: { base: '' }", "stashTags.base: \"\" is empty; expected a tag's name" },
            { "vlm: { prompt: Look! }", "vlm.prompt: \"Look!\" does not hold {tags}" },
            { "vlm: { extraBody: { messages: [] } }", "vlm.extraBody.messages: is set by Haven VLM itself (remove it)" },
            { "vlm:\n  endpoints:\n    - name: a", "haven.yaml:3: vlm.endpoints[0].baseUrl: missing; expected an address such as" },
            { "vlm: { endpoints: [ x ] }", "vlm.endpoints[0]: a single value was found, expected a map with name, baseUrl," },
            { "vlm: { endpoints: [ { name: a/b, baseUrl: 'http://x' } ] }", "vlm.endpoints[0].name: \"a/b\" has a slash in it" },
            {
                "vlm:\n  endpoints:\n  - { name: pc, baseUrl: 'http://a' }\n  - { name: PC, baseUrl: 'http://b' }",
                "haven.yaml:4: vlm.endpoints[1].name: \"PC\" is the name of endpoint 0 too (give each its own)"
            },
            {
                "vlm: { endpoints: [ { name: a, baseUrl: 'http://x', hours: 22-8 } ] }",
                "vlm.endpoints[0].hours: \"22-8\" is not a list of hours; expected hours such as 22:00-08:00"
            },
            { "- a\n- b", "haven.yaml:1: allowed at the top are the keys stash, vlm, tags" },
            { "stash:\n\turl: x", "not valid YAML: " },
            { "stash:\n  url: 'x", "haven.yaml:2: not valid YAML: " },
            { "tags: [a\nvideo: {}", "haven.yaml:1: not valid YAML: a list or map that begins here with [ or { is not closed" },
            { "video: *x", "haven.yaml:1: *x names no anchor above it" },
            { "video: {}\n---\nvideo: {}", "haven.yaml:2: a second document begins here" },
            { "? [a]\n: b", "haven.yaml:1: a key is a list or map, expected text" },
        };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_its_place_what_was_found_and_what_is_allowed(string yaml, string expected)
    {
        var error = Assert.Single(Configurations.Errors(yaml));

        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.StartsWith("haven.yaml", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Five_different_mistakes_give_five_messages_in_the_order_of_the_file()
    {
        var errors = Configurations.Errors(
            """
            stsh: { url: "http://x" }
            vlm:
              maxUnanswered: 200%
              endpoints:
                - { name: a, baseUrl: nowhere }
            video:
              frameInterval: [2s]
            sweep:
              schedule: hourly
            """
        );

        Assert.Equal(
            ["haven.yaml:1:", "haven.yaml:3:", "haven.yaml:5:", "haven.yaml:7:", "haven.yaml:9:"],
            errors.Select(e => e.Split(' ')[0])
        );
    }

    [Fact]
    public void Secrets_are_never_in_a_message()
    {
        var errors = Configurations.Errors(
            "stash: { apiKey: 'my secret', url: 'http://me:hunter2@nas' }",
            ("HavenVlm__Server__ApiKey", "top secret")
        );

        Assert.Equal(3, errors.Count);
        Assert.DoesNotContain(errors, e => e.Contains("secret", StringComparison.Ordinal));
        Assert.DoesNotContain(errors, e => e.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void Aliases_that_grow_without_end_are_refused()
    {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (var i = 1; i < 10; i++)
        {
            bomb += $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n";
        }

        Assert.Contains(Configurations.Errors(bomb), e => e.Contains("too many values", StringComparison.Ordinal));
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        var errors = Configurations.Errors(new string('[', 100_000));

        Assert.Contains("too deeply nested", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_says_what_to_do()
    {
        var thrown = Assert.Throws<Core.Configuration.ConfigurationException>(() =>
            Core.Configuration.ConfigurationLoader.Load("/nowhere/haven.yaml", new Dictionary<string, string>())
        );

        Assert.Equal(
            "/nowhere/haven.yaml: no such file (`haven init` writes one; --config takes another)",
            Assert.Single(thrown.Errors).ToString()
        );
    }
}

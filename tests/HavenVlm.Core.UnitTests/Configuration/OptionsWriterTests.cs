using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Binding;
using static HavenVlm.Tests.Shared.Configurations;

namespace HavenVlm.Core.UnitTests.Configuration;

public sealed class OptionsWriterTests
{
    [Fact]
    public void What_is_written_reads_back_the_same() =>
        Prop.ForAll(
                AnyOptions.ToArbitrary(),
                options =>
                {
                    var written = new OptionsWriter(new Dictionary<string, ConfigMark>(StringComparer.Ordinal), redact: false).Write(
                        options
                    );
                    var read = Options(written);
                    return Json(read).Equals(Json(options), StringComparison.Ordinal);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_shown_hides_secrets_and_says_where_each_value_comes_from()
    {
        var shown = Load(
                """
                stash: { url: "http://nas:9999", apiKey: hush }
                vlm:
                  endpoints:
                    - { name: a, baseUrl: "http://a", apiKey: hush, extraBody: { api_key: hush, max_tokens: 5 } }
                tags:
                  "true": { threshold: 0.5 }
                """,
                ("HavenVlm__Server__ApiKey", "hush"),
                ("HavenVlm__Video__FrameInterval", "3s")
            )
            .Show();

        Assert.DoesNotContain("hush", shown, StringComparison.Ordinal);
        Assert.Contains("url: \"http://nas:9999\" # haven.yaml:1\n", shown, StringComparison.Ordinal);
        Assert.Contains("apiKey: \"***\" # HavenVlm__Server__ApiKey\n", shown, StringComparison.Ordinal);
        Assert.Contains("frameInterval: \"3s\" # HavenVlm__Video__FrameInterval\n", shown, StringComparison.Ordinal);
        Assert.Contains("threshold: 0.5 # haven.yaml:6\n", shown, StringComparison.Ordinal);
        Assert.Contains("boundaryPrecision: \"500ms\"\n", shown, StringComparison.Ordinal);
        Assert.Contains("api_key\": \"***\"\n", shown, StringComparison.Ordinal);
        Assert.Equal("***", Options(shown).Server.ApiKey);
    }

    private static Gen<string> AnyText =>
        Gen.Elements("a", "b c", "ä😀", "x: y", "- z", "#", "\"'", "{tags}", "line\nbreak", "~", "null", "5", "true", "\\", "")
            .ArrayOf(2)
            .Select(string.Concat);

    private static Gen<string> AnyName => AnyText.Select(text => "n" + text.Replace('\\', '.').Replace('\n', ' ') + "n");

    private static Gen<TimeSpan> Between(double from, double to) =>
        Gen.Choose((int)from, (int)to).Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds));

    private static Gen<MarkerDuration> AnyMarkerDuration =>
        Gen.OneOf(
            Between(0, 10_000_000).Select(MarkerDuration.OfTime),
            Gen.Choose(1, 10_000).Select(n => MarkerDuration.OfShare((double)(n / 10_000m)))
        );

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : struct => Gen.OneOf(gen.Select(value => (T?)value), Gen.Constant((T?)null));

    private static Gen<TagOptions> AnyTag =>
        from description in AnyText
        from threshold in Maybe(Gen.Choose(0, 1000).Select(n => n / 1000d))
        from shortest in Maybe(AnyMarkerDuration)
        from gap in Maybe(AnyMarkerDuration)
        select new TagOptions
        {
            Description = description,
            Threshold = threshold,
            MinMarkerDuration = shortest,
            MaxGap = gap,
        };

    private static Gen<JsonObject> AnyBody =>
        from text in AnyText
        from number in Gen.Choose(-5, 5)
        select new JsonObject
        {
            ["k" + text] = text,
            ["o"] = new JsonObject { ["k" + text] = number / 4d },
            ["l"] = new JsonArray(number, true, null, text),
            ["e"] = new JsonArray(),
        };

    private static Gen<HavenOptions> AnyOptions =>
        from names in AnyName.ArrayOf(3)
        from tags in AnyTag.ArrayOf(3)
        from body in AnyBody
        from weight in Gen.Choose(1, 1000)
        from concurrent in Maybe(Gen.Choose(1, 1000))
        from timeout in Between(1000, 3_600_000)
        from unanswered in Gen.Choose(0, 10_000)
        from giveUp in Maybe(Between(1000, 100_000_000))
        from vr in Gen.Elements(Enum.GetValues<VrMode>())
        from still in Gen.Elements(true, false)
        from secret in Gen.Elements("", "s3cret#:~'\"")
        from prompt in AnyText
        select new HavenOptions
        {
            Stash = new() { ApiKey = secret, PathMap = [new() { From = "E:\\" + names[0], To = "/" + names[1] }] },
            Vlm = new()
            {
                Model = names[0],
                Prompt = prompt + "{tags}",
                MaxUnanswered = (double)(unanswered / 10_000m),
                GiveUpAfter = giveUp,
                ExtraBody = body,
                Endpoints =
                [
                    new()
                    {
                        Name = names[1],
                        BaseUrl = "http://a/v1",
                        Weight = weight,
                        MaxConcurrent = concurrent,
                        Timeout = timeout,
                    },
                ],
            },
            Tags = names
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Zip(tags)
                .ToDictionary(t => t.First, t => t.Second, StringComparer.OrdinalIgnoreCase),
            Video = new() { Vr = vr, ReuseStill = still },
            Storage = new() { DataDir = "/" + names[2] },
            Export = new() { OutputDir = "/out" },
        };
}

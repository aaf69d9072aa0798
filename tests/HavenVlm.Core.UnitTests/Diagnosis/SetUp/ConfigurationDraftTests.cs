using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;

namespace HavenVlm.Core.UnitTests.Diagnosis.SetUp;

public sealed class ConfigurationDraftTests
{
    [Theory]
    [InlineData("Kissing", "")]
    [InlineData("a: b # c", "\"quoted\" and 'quoted', back\\slash")]
    [InlineData("接吻", "zwei Menschen, die sich küssen ☕")]
    [InlineData("- yes", "{ no: [1] }")]
    [InlineData("null", "~")]
    public void Whatever_was_typed_reads_back_as_it_was(string name, string description)
    {
        var options = Read(
            new ConfigurationDraft
            {
                Stash = new StashOptions
                {
                    Url = "https://stash.example/sub",
                    ApiKey = "k\"e#y:'",
                    PathMap = [new PathMapping { From = @"E:\media", To = "/mnt/a b" }],
                },
                Model = "Qwen/Qwen2.5-VL-7B: x",
                Endpoints =
                [
                    new EndpointOptions
                    {
                        Name = "pc",
                        BaseUrl = "http://pc:1234/v1",
                        ApiKey = "k",
                    },
                ],
                Tags = [(name, description), ("Waving", "")],
            }
        );

        Assert.Equal("k\"e#y:'", options.Stash.ApiKey);
        Assert.Equal(@"E:\media", options.Stash.PathMap[0].From);
        Assert.Equal("Qwen/Qwen2.5-VL-7B: x", options.Vlm.Model);
        Assert.Equal([name, "Waving"], options.Tags.Select(tag => tag.Key));
        Assert.Equal(description, options.Tags[name].Description);
    }

    [Fact]
    public void Without_anything_it_is_a_good_configuration_that_lacks_things()
    {
        var text = new ConfigurationDraft { Stash = new StashOptions { Url = "http://x" } }.Write();

        // An empty list of endpoints needs brackets, and a map without tags braces.
        Assert.Contains("tags:", text, StringComparison.Ordinal);
        Assert.Empty(Load(text).Options.Tags);
    }

    [Fact]
    public void Any_description_survives_but_for_its_spaces() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<NonEmptyString>(),
                text =>
                {
                    var written = new string([.. text.Get.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]);
                    var draft = new ConfigurationDraft
                    {
                        Stash = new StashOptions { Url = "http://x" },
                        Tags = [("Waving", written)],
                    };
                    var expected = string.Join(' ', written.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                    return string.Equals(expected, Read(draft).Tags["Waving"].Description, StringComparison.Ordinal);
                }
            )
            .QuickCheckThrowOnFailure();

    private static HavenOptions Read(ConfigurationDraft draft) => Load(draft.Write()).Options;

    private static LoadedConfiguration Load(string text) =>
        ConfigurationLoader.LoadText(text, "haven.yaml", "/", new Dictionary<string, string>());
}

using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Binding;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Configuration;

public sealed class AliasesTests
{
    private const string Head = "tags:\n  Kissing:\n    aliases: ";

    [Theory]
    [InlineData("[Küssen, \"a: b\"]")]
    [InlineData("\n      - Küssen\n      - 'a: b'")]
    public void Aliases_are_a_list_in_either_form(string written) =>
        Assert.Equal(["Küssen", "a: b"], Configurations.Options(Head + written).Tags["Kissing"].Aliases);

    [Fact]
    public void Environment_variables_set_the_list_or_one_of_it()
    {
        Assert.Equal(["Küssen"], Configurations.Options("", ("HavenVlm__Tags__Kissing__Aliases", "[Küssen]")).Tags["Kissing"].Aliases);
        var changed = Configurations.Options(
            Head + "[one, two]",
            ("HavenVlm__Tags__Kissing__Aliases__1", "Küssen"),
            ("HavenVlm__Tags__Kissing__Aliases__2", "Bacio")
        );
        Assert.Equal(["one", "Küssen", "Bacio"], changed.Tags["Kissing"].Aliases);
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var options = Configurations.Options(Head + "[Küssen, \"a: b\", '1']");
        var written = new OptionsWriter(new Dictionary<string, ConfigMark>(StringComparer.Ordinal), redact: true).Write(options);

        Assert.Equal(["Küssen", "a: b", "1"], Configurations.Options(written).Tags["Kissing"].Aliases);
    }

    [Theory]
    [InlineData("Küssen", "haven.yaml:3: tags.Kissing.aliases: a single value was found, expected a list such as [one, two]")]
    [InlineData("[Hugging]\n  Hugging: {}", "\"Hugging\" is tag Hugging itself")]
    [InlineData("[hug-ging]\n  Hug ging: {}", "\"hug-ging\" is tag Hug ging itself")]
    [InlineData("[Kissing]", "\"Kissing\" is tag Kissing itself")]
    [InlineData("[Bacio, bacio]", "\"bacio\" is given twice")]
    [InlineData("[Bacio]\n  Hugging: { aliases: [Bacio] }", "\"Bacio\" is an alias of Kissing too")]
    [InlineData("['']", "\"\" is empty")]
    [InlineData("[' x']", "\" x\" has spaces around it")]
    [InlineData("['...']", "\"...\" holds no letters")]
    [InlineData("[{}]", "a map was found")]
    public void A_name_is_refused_that_is_another_tag_or_given_twice(string written, string expected) =>
        Assert.Contains(expected, Assert.Single(Configurations.Errors(Head + written)), StringComparison.Ordinal);
}

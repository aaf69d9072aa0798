using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.UnitTests.Stash.Client;

public sealed class StashTextTests
{
    [Theory]
    [InlineData("VLM_Tagged", "vlm_tagged", true)]
    [InlineData("VLM_Tagged", "VLMxTagged", false)]
    [InlineData("Élan", "élan", false)]
    [InlineData("a[", "A{", false)]
    [InlineData("Kissing", "Kissing ", false)]
    public void Names_are_the_same_when_Stash_would_not_allow_both(string a, string b, bool same) =>
        Assert.Equal(same, StashText.SameName(a, b));

    [Theory]
    [InlineData("1", true)]
    [InlineData("900719925474099", true)]
    [InlineData("", false)]
    [InlineData("0", false)]
    [InlineData("007", false)]
    [InlineData("-1", false)]
    [InlineData("1a", false)]
    [InlineData("../1", false)]
    [InlineData("9999999999999999999", false)]
    public void Ids_are_plain_numbers(string id, bool valid) => Assert.Equal(valid, StashText.IsId(id));

    [Fact]
    public void Foreign_text_is_shown_on_one_line_and_cut()
    {
        Assert.Equal("a b  c", StashText.Clean("a\nb\r\u202ec"));
        Assert.Equal(301, StashText.Clean(new string('x', 5000)).Length);
    }

    [Theory]
    [InlineData("2023-09-05T10:00:00+02:00", "2023-09-05T08:00:00Z", true)]
    [InlineData("2023-09-05T10:00:00+02:00", "2023-09-05T10:00:01+02:00", false)]
    [InlineData("whenever", "whenever", true)]
    [InlineData("whenever", null, false)]
    public void Times_are_compared_as_moments(string a, string? b, bool same) => Assert.Equal(same, StashTime.Same(a, b));
}

using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Local.Commands.Init;

namespace HavenVlm.Local.UnitTests.Commands;

public sealed class InitPartsTests
{
    [Theory]
    [InlineData("http://pc:1234/v1", "http://pc:1234/v1")]
    [InlineData("http://pc:1234/v1/", "http://pc:1234/v1")]
    [InlineData("http://pc:1234", "http://pc:1234/v1")]
    [InlineData("pc:11434", "http://pc:11434/v1")]
    [InlineData("192.168.1.20:8000/v1", "http://192.168.1.20:8000/v1")]
    [InlineData("http://pc:1234/v1/chat/completions", "http://pc:1234/v1")]
    [InlineData("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1")]
    [InlineData("192.168.1.20", null)]
    [InlineData("gaming-pc", null)]
    [InlineData("http://me:secret@pc:1234", null)]
    [InlineData("", null)]
    public void An_address_is_read_as_people_write_it(string typed, string? expected) => Assert.Equal(expected, ServerAddress.Of(typed));

    [Theory]
    [InlineData("1", "Dancing")]
    [InlineData("1, 3", "Dancing,Hugging")]
    [InlineData("2-3", "Waving,Hugging")]
    [InlineData("Kissing, 1", "Kissing,Dancing")]
    [InlineData("3-1", "")]
    [InlineData("4", "4")]
    [InlineData("60-69", "60-69")]
    [InlineData("Half-pipe", "Half-pipe")]
    [InlineData(" , ", "")]
    public void Tags_are_picked_by_number_range_or_name(string typed, string expected)
    {
        TagSuggestion[] known = [new("Dancing", "", 3), new("Waving", "", 2), new("Hugging", "", 1)];

        Assert.Equal(expected, string.Join(',', TagSetUp.Pick(typed, known).Select(tag => tag.Name)));
    }
}

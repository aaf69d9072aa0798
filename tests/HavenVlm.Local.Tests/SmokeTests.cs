namespace HavenVlm.Local.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Runs() => Assert.Equal(2, int.Parse("2"));
}

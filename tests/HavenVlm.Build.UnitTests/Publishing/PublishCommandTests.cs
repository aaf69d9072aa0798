using HavenVlm.Build.Publishing;

namespace HavenVlm.Build.UnitTests.Publishing;

public sealed class PublishCommandTests
{
    [Fact]
    public void The_image_publishes_as_the_command_does()
    {
        var clone = Repository.Find(AppContext.BaseDirectory);
        var image = File.ReadAllText(clone.At("infra", "Dockerfile.local"));

        Assert.Contains($"dotnet {string.Join(' ', PublishCommand.Publish)} ", image, StringComparison.Ordinal);
    }

    [Fact]
    public void This_machine_is_a_system_to_publish_for() => Assert.True(TargetSystem.IsValid(TargetSystem.OfThisMachine()));

    [Theory]
    [InlineData("linux-x64", true)]
    [InlineData("linux-musl-arm64", true)]
    [InlineData("win-arm64", true)]
    [InlineData("linux", false)]
    [InlineData("../linux-x64", false)]
    [InlineData("--help", false)]
    public void A_system_is_named_as_NET_names_it(string name, bool isValid) => Assert.Equal(isValid, TargetSystem.IsValid(name));
}

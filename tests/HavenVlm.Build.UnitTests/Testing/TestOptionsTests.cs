using HavenVlm.Build.Testing;

namespace HavenVlm.Build.UnitTests.Testing;

public sealed class TestOptionsTests
{
    private static readonly TestProject[] Projects = [new("Some.UnitTests", "a"), new("Some.Tests", "b"), new("Azure.Tests", "c")];

    [Theory]
    [InlineData(false, "", "Some.UnitTests Some.Tests Azure.Tests", true)]
    [InlineData(true, "", "Some.UnitTests", false)]
    [InlineData(false, "some.tests", "Some.Tests", false)]
    [InlineData(false, "Azure.Tests Some.UnitTests", "Some.UnitTests Azure.Tests", false)]
    [InlineData(true, "Some.Tests", "", false)]
    public void Tier_and_names_choose_the_projects(bool onlyUnit, string names, string chosen, bool isWhole)
    {
        var options = new TestOptions(onlyUnit, All: false, Words(names), []);

        Assert.Equal(Words(chosen), options.Choose(Projects).Select(project => project.Name));
        Assert.Equal(isWhole, options.IsWhole);
    }

    [Fact]
    public void An_unknown_project_is_refused_with_the_names_that_there_are()
    {
        var options = new TestOptions(OnlyUnit: false, All: false, ["Some.Test"], []);

        var refused = Assert.Throws<BuildException>(() => options.Choose(Projects));

        Assert.Equal("Unknown test project Some.Test; the projects are Some.UnitTests, Some.Tests, Azure.Tests.", refused.Message);
    }

    [Theory]
    [InlineData(false, "DOTNET_TC_CallCountThreshold DOTNET_TieredPGO")]
    [InlineData(true, "DOTNET_TC_CallCountThreshold DOTNET_TieredPGO HAVEN_TEST_TIER")]
    public void The_environment_says_the_tier(bool releaseTier, string names)
    {
        var variables = TestVariables.Of(releaseTier);

        Assert.Equal(Words(names), variables.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(releaseTier ? "all" : null, variables.GetValueOrDefault("HAVEN_TEST_TIER"));
        Assert.Equal(releaseTier ? ["-explicit", "on"] : [], TestVariables.Options(releaseTier));
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

using System.Text.RegularExpressions;
using HavenVlm.Build.Testing;

namespace HavenVlm.Build.UnitTests.Testing;

public sealed class SolutionTests
{
    private const string Text = """
        Project("{FAE0}") = "Some.Product", "Some.Product\Some.Product.csproj", "{A}"
        EndProject
        Project("{2150}") = "tests", "tests", "{F}"
        EndProject
        Project("{FAE0}") = "Some.Tests", "tests\Some.Tests\Some.Tests.csproj", "{B}"
        EndProject
        Project("{FAE0}") = "Some.UnitTests", "tests\Some.UnitTests\Some.UnitTests.csproj", "{C}"
        EndProject
        Project("{FAE0}") = "Azure.Tests", "tests\Azure.Tests\Azure.Tests.csproj", "{D}"
        EndProject
        Project("{FAE0}") = "Some.EngineHost", "tests\Some.EngineHost\Some.EngineHost.csproj", "{E}"
        EndProject
        """;

    private static readonly string Root = Path.Combine(Path.GetTempPath(), "clone");

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Test_projects_are_those_named_so_unit_tests_first(string lineEnd)
    {
        var projects = Solution.TestProjects(Path.Combine(Root, "Some.sln"), Text.ReplaceLineEndings(lineEnd));

        Assert.Equal(["Some.UnitTests", "Azure.Tests", "Some.Tests"], projects.Select(project => project.Name));
        Assert.Equal([true, false, false], projects.Select(project => project.IsUnitTests));
        Assert.Equal(Path.Combine(Root, "tests", "Some.UnitTests", "Some.UnitTests.csproj"), projects[0].File);
        Assert.Equal(Path.Combine(Root, "tests", "Some.UnitTests", "bin", "Release", "net10.0", "Some.UnitTests.dll"), projects[0].Program);
    }

    [Fact]
    public void Every_test_project_of_the_clone_is_found()
    {
        var clone = Repository.Find(AppContext.BaseDirectory);
        var projects = Solution.TestProjects(clone.SolutionFile, File.ReadAllText(clone.SolutionFile));
        var files = Directory.EnumerateFiles(clone.At("tests"), "*Tests.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

        Assert.Equal(files, projects.Select(project => project.File).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_Azure_backend_is_tested_in_the_release_tier_and_where_it_is_named()
    {
        var clone = Repository.Find(AppContext.BaseDirectory);
        var projects = Solution.TestProjects(clone.SolutionFile, File.ReadAllText(clone.SolutionFile));
        IEnumerable<string> Chosen(bool all, params string[] names) =>
            new TestOptions(OnlyUnit: false, all, names, []).Choose(projects).Select(project => project.Name);

        Assert.Equal(["HavenVlm.Azurite.Tests"], Chosen(all: true).Except(Chosen(all: false), StringComparer.Ordinal));
        Assert.Equal(["HavenVlm.Azurite.Tests"], Chosen(all: false, "HavenVlm.Azurite.Tests"));
    }

    [Theory]
    [InlineData("Debug")]
    [InlineData("Release")]
    public void Every_configuration_of_the_solution_builds_every_project(string configuration)
    {
        var clone = Repository.Find(AppContext.BaseDirectory);
        var text = File.ReadAllText(clone.SolutionFile);
        var projects = Regex.Matches(text, """^Project.*\.csproj", "(?<id>\{[^}]+\})""", RegexOptions.Multiline, TimeSpan.FromSeconds(1));

        Assert.All(
            projects.Select(project => project.Groups["id"].Value),
            id => Assert.Contains($"{id}.{configuration}|Any CPU.Build.0 = {configuration}|Any CPU", text, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(".Azure|", text, StringComparison.Ordinal);
    }
}

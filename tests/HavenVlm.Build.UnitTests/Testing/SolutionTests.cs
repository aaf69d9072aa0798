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
                {A}.Release|Any CPU.Build.0 = Release|Any CPU
                {b}.Release|Any CPU.Build.0 = Release|Any CPU
                {C}.Release|Any CPU.Build.0 = Release|Any CPU
                {D}.Release|Any CPU.ActiveCfg = Release|Any CPU
                {D}.Azure|Any CPU.Build.0 = Release|Any CPU
                {E}.Release|Any CPU.Build.0 = Release|Any CPU
        """;

    private static readonly string Root = Path.Combine(Path.GetTempPath(), "clone");

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Test_projects_are_those_named_so_unit_tests_first_and_separately_built_ones_last(string lineEnd)
    {
        var projects = Solution.TestProjects(Path.Combine(Root, "Some.sln"), Text.ReplaceLineEndings(lineEnd));

        Assert.Equal(["Some.UnitTests", "Some.Tests", "Azure.Tests"], projects.Select(project => project.Name));
        Assert.Equal([true, true, false], projects.Select(project => project.IsBuiltWithSolution));
        Assert.Equal([true, false, false], projects.Select(project => project.IsUnitTests));
        Assert.Equal(Path.Combine(Root, "tests", "Some.UnitTests", "Some.UnitTests.csproj"), projects[0].File);
        Assert.Equal(Path.Combine(Root, "tests", "Some.UnitTests", "bin", "Release", "net10.0", "Some.UnitTests.dll"), projects[0].Program);
    }

    [Fact]
    public void Every_test_project_of_the_clone_is_found_and_only_the_Functions_app_is_built_separately()
    {
        var clone = Repository.Find(AppContext.BaseDirectory);
        var projects = Solution.TestProjects(clone.SolutionFile, File.ReadAllText(clone.SolutionFile));
        var files = Directory.EnumerateFiles(clone.At("tests"), "*Tests.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

        Assert.Equal(files, projects.Select(project => project.File).Order(StringComparer.Ordinal));
        Assert.Equal(["HavenVlm.Functions.Tests"], projects.Where(project => !project.IsBuiltWithSolution).Select(project => project.Name));
    }
}

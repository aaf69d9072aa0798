namespace HavenVlm.Build.Testing;

/// <summary>Which tests are to run.</summary>
/// <param name="OnlyUnit">Only the projects of unit tests.</param>
/// <param name="All">The release tier, too.</param>
/// <param name="Projects">Names of projects; empty = all.</param>
/// <param name="Filters">Filters for the test programs.</param>
internal sealed record TestOptions(bool OnlyUnit, bool All, IReadOnlyList<string> Projects, IReadOnlyList<string> Filters)
{
    /// <summary>Whether the run is about everything: then formatting and packages are checked as well.</summary>
    public bool IsWhole => !OnlyUnit && Projects.Count == 0;

    /// <summary>The projects whose tests run.</summary>
    /// <exception cref="BuildException">There is no such project.</exception>
    public IReadOnlyList<TestProject> Choose(IReadOnlyList<TestProject> projects)
    {
        foreach (var name in Projects.Where(name => !projects.Any(project => Is(project, name))))
        {
            var names = string.Join(", ", projects.Select(project => project.Name));
            throw new BuildException($"Unknown test project {name}; the projects are {names}.");
        }

        var chosen = projects.Where(project => OnlyUnit ? project.IsUnitTests : All || Projects.Count > 0 || !project.IsReleaseTier);
        if (Projects.Count > 0)
        {
            chosen = chosen.Where(project => Projects.Any(name => Is(project, name)));
        }

        return [.. chosen];
    }

    private static bool Is(TestProject project, string name) => project.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

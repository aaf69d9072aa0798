using HavenVlm.Build.Publishing;

namespace HavenVlm.Build.UnitTests.Publishing;

public sealed class SoftwareListTests
{
    [Fact]
    public void Packages_of_the_lock_file_are_listed_without_projects_and_analyzers()
    {
        var packages = LockedPackages.Read(
            """
            { "version": 2, "dependencies": { "net10.0": {
              "Meziantou.Analyzer": { "type": "Direct", "resolved": "3.0.321" },
              "Spectre.Console": { "type": "Direct", "requested": "[0.49.1, )", "resolved": "0.49.1" },
              "SQLitePCLRaw.core": { "type": "Transitive", "resolved": "3.0.3" },
              "havenvlm.core": { "type": "Project", "dependencies": { "OpenAI": "[2.15.0, )" } } } } }
            """
        );

        Assert.Equal([new Component("Spectre.Console", "0.49.1"), new Component("SQLitePCLRaw.core", "3.0.3")], packages);
    }

    [Fact]
    public void The_runtime_is_listed_as_it_is_downloaded()
    {
        var packs = RuntimePacks.Read(
            """
            { "project": { "frameworks": { "net10.0": { "downloadDependencies": [
              { "name": "Microsoft.NETCore.App.Runtime.linux-x64", "version": "[10.0.12, 10.0.12]" },
              { "name": "Microsoft.AspNetCore.App.Runtime.linux-x64", "version": "[10.0.12, 10.0.12]" },
              { "name": "Microsoft.NET.ILLink.Tasks", "version": "[10.0.12, 10.0.12]" } ] } } } }
            """
        );

        Assert.Equal(
            [
                new Component("Microsoft.NETCore.App.Runtime.linux-x64", "10.0.12"),
                new Component("Microsoft.AspNetCore.App.Runtime.linux-x64", "10.0.12"),
            ],
            packs
        );
        Assert.Empty(RuntimePacks.Read("""{ "project": { "frameworks": { "net10.0": { } } } }"""));
    }

    [Fact]
    public void The_list_is_CycloneDX_with_each_package_once_in_order() =>
        Assert.Equal(
            """
            {
              "bomFormat": "CycloneDX",
              "specVersion": "1.5",
              "version": 1,
              "metadata": {
                "component": {
                  "type": "application",
                  "name": "haven"
                }
              },
              "components": [
                {
                  "type": "library",
                  "bom-ref": "pkg:nuget/Spectre.Console@0.49.1",
                  "name": "Spectre.Console",
                  "version": "0.49.1",
                  "purl": "pkg:nuget/Spectre.Console@0.49.1"
                },
                {
                  "type": "library",
                  "bom-ref": "pkg:nuget/YamlDotNet@16.3.0",
                  "name": "YamlDotNet",
                  "version": "16.3.0",
                  "purl": "pkg:nuget/YamlDotNet@16.3.0"
                }
              ]
            }

            """.ReplaceLineEndings("\n"),
            SoftwareList.Write("haven", [new("YamlDotNet", "16.3.0"), new("Spectre.Console", "0.49.1"), new("YamlDotNet", "16.3.0")])
        );

    [Fact]
    public void The_lock_file_of_the_clone_has_packages()
    {
        var clone = Repository.Find(AppContext.BaseDirectory);
        var packages = LockedPackages.Read(File.ReadAllText(clone.At("HavenVlm.Local", "packages.lock.json")));

        Assert.Contains("System.CommandLine", packages.Select(package => package.Name));
    }
}

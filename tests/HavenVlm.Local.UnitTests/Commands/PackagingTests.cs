using System.Text.RegularExpressions;
using HavenVlm.Tests.Shared;
using YamlDotNet.RepresentationModel;

namespace HavenVlm.Local.UnitTests.Commands;

/// <summary>There may be no container engine where the tests run; what can be known of the files without one is checked.</summary>
public sealed partial class PackagingTests
{
    [Fact]
    public void Compose_builds_from_files_that_are_there_and_mounts_the_media_read_only()
    {
        var folder = SourceFolder.Root;
        var file = (YamlMappingNode)Load(Path.Combine(folder, "compose.yaml"));
        var haven = (YamlMappingNode)file["services"]["haven"];

        var context = Path.GetFullPath(Path.Combine(folder, Text(haven["build"]["context"])));
        Assert.Equal(SourceFolder.Root, context);
        Assert.True(File.Exists(Path.Combine(context, Text(haven["build"]["dockerfile"]))));
        var volumes = ((YamlSequenceNode)haven["volumes"]).Select(Text).ToList();
        Assert.Contains(volumes, volume => volume.EndsWith(":/config", StringComparison.Ordinal));
        Assert.Contains(
            volumes,
            volume => volume.Contains("MEDIA_DIR", StringComparison.Ordinal) && volume.EndsWith(":ro", StringComparison.Ordinal)
        );
        Assert.Contains("host.docker.internal:host-gateway", ((YamlSequenceNode)haven["extra_hosts"]).Select(Text));
        Assert.NotEmpty(Text(haven["stop_grace_period"]));
        Assert.Equal(["PUID", "PGID", "TZ"], ((YamlMappingNode)haven["environment"]).Children.Keys.Select(Text));
        Assert.False(((YamlMappingNode)haven).Children.ContainsKey("privileged"));
        Assert.Equal(["ALL"], ((YamlSequenceNode)haven["cap_drop"]).Select(Text));
    }

    [Fact]
    public void Every_variable_of_compose_is_explained_in_the_sample()
    {
        var compose = File.ReadAllText(Path.Combine(SourceFolder.Root, "compose.yaml"));
        var sample = File.ReadAllText(Path.Combine(SourceFolder.Root, "sample.env"));

        var used = Variable().Matches(compose).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.NotEmpty(used);
        Assert.All(used, name => Assert.Contains($"\n{name}=", sample, StringComparison.Ordinal));
        Assert.Equal(used.Count, SampleLine().Count(sample));
    }

    [Fact]
    public void The_image_runs_the_entry_point_and_waits_for_its_settings()
    {
        var image = File.ReadAllText(Path.Combine(SourceFolder.Root, "infra", "Dockerfile.local"));

        Assert.True(File.Exists(Path.Combine(SourceFolder.Root, "HavenVlm.Local", "HavenVlm.Local.csproj")));
        Assert.Contains("TARGETARCH", image, StringComparison.Ordinal);
        Assert.Contains("/api/health", image, StringComparison.Ordinal);
        Assert.Contains("COPY --chmod=755 infra/haven-entrypoint.sh /usr/local/bin/haven", image, StringComparison.Ordinal);
        Assert.Contains("ENTRYPOINT [\"/usr/local/bin/haven\"]", image, StringComparison.Ordinal);
        // The variable names the file that `haven init` writes and `serve` waits for.
        Assert.Contains("HAVEN_CONFIG=/config/haven.yaml", image, StringComparison.Ordinal);
        Assert.Contains("CMD [\"serve\", \"--wait\"]", image, StringComparison.Ordinal);
    }

    [Fact]
    public void The_compose_file_needs_no_feature_of_a_newer_compose()
    {
        var file = (YamlMappingNode)Load(Path.Combine(SourceFolder.Root, "compose.yaml"));

        Assert.Equal(["name", "services", "volumes"], file.Children.Keys.Select(Text));
    }

    [Fact]
    public void What_the_build_needs_is_not_ignored_and_what_is_private_is()
    {
        var ignored = File.ReadAllLines(Path.Combine(SourceFolder.Root, ".dockerignore"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .ToList();

        Assert.Contains("haven.yaml", ignored);
        Assert.Contains(".env", ignored);
        Assert.Contains("data", ignored);
        string[] needed =
        [
            "HavenVlm.Core",
            "HavenVlm.Local",
            "HavenVlm.Simulation",
            "stash-plugin",
            "Directory.Build.props",
            "global.json",
            "haven.schema.json",
        ];
        Assert.Empty(ignored.Intersect(needed, StringComparer.Ordinal));
    }

    private static YamlNode Load(string path)
    {
        using var reader = File.OpenText(path);
        var stream = new YamlStream();
        stream.Load(reader);
        return stream.Documents[0].RootNode;
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex("^[A-Z_]+=", RegexOptions.Multiline, 1000)]
    private static partial Regex SampleLine();
}

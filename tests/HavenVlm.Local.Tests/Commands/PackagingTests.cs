using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace HavenVlm.Local.Tests.Commands;

/// <summary>There may be no container engine where the tests run; what can be known of the files without one is checked.</summary>
public sealed partial class PackagingTests
{
    private static readonly string s_root = FindRoot();

    [Fact]
    public void Compose_builds_from_files_that_are_there_and_mounts_the_media_read_only()
    {
        var folder = Path.Combine(s_root, "infra");
        var file = (YamlMappingNode)Load(Path.Combine(folder, "compose.yaml"));
        var haven = (YamlMappingNode)file["services"]["haven"];

        var context = Path.GetFullPath(Path.Combine(folder, Text(haven["build"]["context"])));
        Assert.Equal(s_root, context);
        Assert.True(File.Exists(Path.Combine(context, Text(haven["build"]["dockerfile"]))));
        var volumes = ((YamlSequenceNode)haven["volumes"]).Select(Text).ToList();
        Assert.Contains(volumes, volume => volume.EndsWith(":/config", StringComparison.Ordinal));
        Assert.Contains(
            volumes,
            volume => volume.Contains("MEDIA_DIR", StringComparison.Ordinal) && volume.EndsWith(":ro", StringComparison.Ordinal)
        );
        Assert.Contains("host.docker.internal:host-gateway", ((YamlSequenceNode)haven["extra_hosts"]).Select(Text));
        Assert.NotEmpty(Text(haven["stop_grace_period"]));
        Assert.DoesNotContain("root", Text(haven["user"]), StringComparison.Ordinal);
    }

    [Fact]
    public void At_the_root_compose_finds_it()
    {
        var file = (YamlMappingNode)Load(Path.Combine(s_root, "compose.yaml"));

        foreach (var included in (YamlSequenceNode)file["include"])
        {
            Assert.True(File.Exists(Path.Combine(s_root, Text(included))), Text(included));
        }
    }

    [Fact]
    public void Every_variable_of_compose_is_explained_in_the_sample()
    {
        var compose = File.ReadAllText(Path.Combine(s_root, "infra", "compose.yaml"));
        var sample = File.ReadAllText(Path.Combine(s_root, "infra", "sample.env"));

        var used = Variable().Matches(compose).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.NotEmpty(used);
        Assert.All(used, name => Assert.Contains($"\n{name}=", sample, StringComparison.Ordinal));
        Assert.Equal(used.Count, SampleLine().Count(sample));
    }

    [Fact]
    public void The_image_runs_as_nobody_special_and_waits_for_its_settings()
    {
        var image = File.ReadAllText(Path.Combine(s_root, "infra", "Dockerfile.local"));

        Assert.True(File.Exists(Path.Combine(s_root, "HavenVlm.Local", "HavenVlm.Local.csproj")));
        Assert.Contains("TARGETARCH", image, StringComparison.Ordinal);
        Assert.Contains("/api/health", image, StringComparison.Ordinal);
        var user = UserLine().Matches(image)[^1].Groups["user"].Value;
        Assert.DoesNotMatch("^(root|0)(:|$)", user);
        Assert.Contains($"chown {user} /config", image, StringComparison.Ordinal);
        // The variable names the file that `haven init` writes and `serve` waits for.
        Assert.Contains("HAVEN_CONFIG=/config/haven.yaml", image, StringComparison.Ordinal);
        Assert.Contains("CMD [\"serve\", \"--wait\"]", image, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_build_needs_is_not_ignored_and_what_is_private_is()
    {
        var ignored = File.ReadAllLines(Path.Combine(s_root, ".dockerignore")).Where(line => line.Length > 0 && line[0] != '#').ToList();

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

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "HavenVlm.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
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

    [GeneratedRegex(@"^USER (?<user>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UserLine();
}

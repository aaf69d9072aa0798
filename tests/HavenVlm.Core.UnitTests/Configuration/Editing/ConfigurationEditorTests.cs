using System.Text;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Editing;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Configuration.Editing;

public sealed class ConfigurationEditorTests : IDisposable
{
    private static readonly TagSettingsChange Kissing = new()
    {
        Tag = "Kissing",
        Threshold = 0.45,
        MaxGap = MarkerDuration.OfTime(TimeSpan.FromSeconds(12)),
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("haven-edit-");

    private string FileName => Path.Combine(_folder.FullName, "haven.yaml");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_sample_configuration_keeps_every_other_byte()
    {
        var sample = await File.ReadAllTextAsync(Path.Combine(SourceFolder.Root, "haven.sample.yaml"), Token);
        await File.WriteAllTextAsync(FileName, sample, Token);

        Assert.True(await Open().WriteTagsAsync([Kissing with { Tag = "Hugging" }, Kissing], Token));

        Assert.Equal(
            sample
                .Replace(
                    "    threshold: 0.5\n    minMarkerDuration",
                    "    threshold: 0.45\n    minMarkerDuration",
                    StringComparison.Ordinal
                )
                .Replace("    maxGap: 30s\n", "    maxGap: 12s\n", StringComparison.Ordinal)
                .Replace("  Kissing: {}\n", "  Kissing: { threshold: 0.45, maxGap: 12s }\n", StringComparison.Ordinal),
            await File.ReadAllTextAsync(FileName, Token)
        );
    }

    [Fact]
    public async Task The_mark_at_the_beginning_and_the_permissions_stay_and_no_other_file_is_left()
    {
        await File.WriteAllBytesAsync(FileName, [.. Encoding.UTF8.Preamble, .. "tags:\n  Kissing: {}\n"u8], Token);
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(FileName, mode);
        }

        await Open().WriteTagsAsync([Kissing], Token);

        var expected = (byte[])[.. Encoding.UTF8.Preamble, .. "tags:\n  Kissing: { threshold: 0.45, maxGap: 12s }\n"u8];
        Assert.Equal(expected, await File.ReadAllBytesAsync(FileName, Token));
        Assert.Equal(FileName, Assert.Single(Directory.GetFiles(_folder.FullName)));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(FileName) == mode);
    }

    [Fact]
    public async Task A_link_stays_a_link_and_its_file_is_written()
    {
        var real = Path.Combine(_folder.FullName, "real.yaml");
        await File.WriteAllTextAsync(real, "tags: { Kissing: {} }\n", Token);
        File.CreateSymbolicLink(FileName, real);

        await Open().WriteTagsAsync([Kissing], Token);

        Assert.NotNull(new FileInfo(FileName).LinkTarget);
        Assert.Contains("0.45", await File.ReadAllTextAsync(real, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_somebody_else_changed_meanwhile_is_left_alone()
    {
        await File.WriteAllTextAsync(FileName, "tags: { Kissing: {} }\n", Token);
        var editor = Open();
        const string Other = "tags: { Kissing: {}, Waving: {} }\n";
        await File.WriteAllTextAsync(FileName, Other, Token);

        var refusal = await Assert.ThrowsAsync<PermanentFailureException>(() => editor.WriteTagsAsync([Kissing], Token));

        Assert.Contains("changed by somebody else", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Other, await File.ReadAllTextAsync(FileName, Token));
        Assert.Single(Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public async Task A_value_that_the_environment_gives_is_named()
    {
        await File.WriteAllTextAsync(FileName, "tags: { Kissing: {} }\n", Token);

        var refusal = await Assert.ThrowsAsync<PermanentFailureException>(() =>
            Open(("HavenVlm__Tags__Kissing__Threshold", "0.2")).WriteTagsAsync([Kissing], Token)
        );

        Assert.StartsWith(
            "tags.Kissing.threshold is given by HavenVlm__Tags__Kissing__Threshold",
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_value_that_other_tags_share_is_not_changed()
    {
        const string Text = "tags:\n  Kissing: &usual\n    threshold: 0.3\n  Hugging: *usual\n";
        await File.WriteAllTextAsync(FileName, Text, Token);

        var refusal = await Assert.ThrowsAsync<PermanentFailureException>(() => Open().WriteTagsAsync([Kissing], Token));

        Assert.Contains("used elsewhere", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Text, await File.ReadAllTextAsync(FileName, Token));
    }

    [Fact]
    public async Task What_is_so_already_is_not_written()
    {
        await File.WriteAllTextAsync(FileName, "tags: { Kissing: { threshold: 0.45, maxGap: 12s } }\n", Token);

        Assert.False(await Open().WriteTagsAsync([Kissing], Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ConfigurationEditor Open(params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);
        return ConfigurationEditor.Open(ConfigurationLoader.Load(FileName, variables), variables);
    }
}

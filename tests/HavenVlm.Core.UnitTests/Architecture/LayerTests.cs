using System.Text.RegularExpressions;
using HavenVlm.Architecture;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Architecture;

/// <summary>Reads both assemblies once: that takes longer than a test should.</summary>
public sealed class CoreArrows
{
    internal IReadOnlyList<FolderArrow> All { get; } = FolderArrows.Of(typeof(HavenServiceCollectionExtensions).Assembly, "HavenVlm.Core");

    internal IReadOnlyList<FolderArrow> Planted { get; } =
        FolderArrows.Of(typeof(LayerTests).Assembly, "HavenVlm.Core.UnitTests.Architecture.Planted");
}

public sealed partial class LayerTests(CoreArrows core) : IClassFixture<CoreArrows>
{
    [Fact]
    public void Each_folder_uses_only_the_folders_on_its_line() => Assert.Empty(Violations(core.All));

    [Fact]
    public void Top_level_folders_form_no_cycle() =>
        Assert.Empty(FolderArrows.Cycle([.. core.All.BetweenTopFolders().Where(arrow => arrow.From.Length > 0)]));

    [Fact]
    public void Subfolders_that_use_each_other_are_known() => Assert.Equal(CoreLayers.KnownLoops, FolderArrows.LoopsInside(core.All));

    [Fact]
    public void An_arrow_upward_is_a_violation()
    {
        Assert.Equal(["Common/UsesStash -> Stash/UsedByCommon"], Violations(core.Planted));
        Assert.Equal(["Common", "Stash"], FolderArrows.Cycle(core.Planted.BetweenTopFolders()));
    }

    [Fact]
    public void The_documents_hold_the_same_table()
    {
        var text = File.ReadAllText(Path.Combine(SourceFolder.Root, "docs", "dev", "architecture.md"));
        var table = LayerLine().Matches(LayerBlock().Match(text).Groups["lines"].Value);

        Assert.Equal(
            CoreLayers.Allowed.Select(line => $"{line.Key}: {string.Join(", ", line.Value)}"),
            table.Select(line => $"{line.Groups["folder"].Value}: {line.Groups["uses"].Value.Trim()}")
        );
    }

    // The root composes the folders, so it uses all of them.
    private static IEnumerable<string> Violations(IEnumerable<FolderArrow> arrows) =>
        arrows
            .BetweenTopFolders()
            .Where(arrow => arrow.From.Length > 0 && !(CoreLayers.Allowed.GetValueOrDefault(arrow.From)?.Contains(arrow.To) ?? false))
            .Select(arrow => arrow.ToString())
            .Distinct();

    [GeneratedRegex("```layers\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LayerBlock();

    [GeneratedRegex(@"^(?<folder>\w+) +->(?<uses>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LayerLine();
}

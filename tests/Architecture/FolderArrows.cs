using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace HavenVlm.Architecture;

/// <summary>A type of one folder that uses a type of another.</summary>
/// <param name="From">Folder that uses, relative to the root namespace, with dots; empty = the root itself.</param>
/// <param name="To">Folder that is used.</param>
/// <param name="User">Name of the type that uses.</param>
/// <param name="Used">Name of the type that is used.</param>
internal sealed record FolderArrow(string From, string To, string User, string Used)
{
    public override string ToString() => $"{From}/{User} -> {To}/{Used}";
}

/// <summary>What the folders of a compiled assembly use of each other: signatures, bodies, attributes. Constants leave no trace.</summary>
internal static class FolderArrows
{
    /// <summary>The arrows between the folders below a root namespace.</summary>
    /// <param name="assembly">The assembly to read.</param>
    /// <param name="root">Namespace of the project folder.</param>
    public static IReadOnlyList<FolderArrow> Of(System.Reflection.Assembly assembly, string root)
    {
        var types = new ArchLoader().LoadAssembly(assembly).Build().Types.Where(type => IsBelow(type, root));
        return
        [
            .. types
                .SelectMany(type => type.Dependencies.Select(dependency => (User: type, Used: dependency.Target)))
                .Where(pair => IsBelow(pair.Used, root))
                .Select(pair => new FolderArrow(Folder(pair.User, root), Folder(pair.Used, root), pair.User.Name, pair.Used.Name))
                .Where(arrow => arrow.From != arrow.To)
                .Distinct()
                .OrderBy(arrow => arrow.ToString(), StringComparer.Ordinal),
        ];
    }

    /// <summary>The arrows between top-level folders.</summary>
    public static IReadOnlyList<FolderArrow> BetweenTopFolders(this IEnumerable<FolderArrow> arrows) =>
        [.. arrows.Select(arrow => arrow with { From = Top(arrow.From), To = Top(arrow.To) }).Where(arrow => arrow.From != arrow.To)];

    /// <summary>Pairs of folders in the same top-level folder that use each other, as <c>A &lt;-&gt; B</c>.</summary>
    public static IReadOnlyList<string> LoopsInside(IReadOnlyList<FolderArrow> arrows)
    {
        var pairs = arrows.Where(arrow => Top(arrow.From) == Top(arrow.To)).Select(arrow => (arrow.From, arrow.To)).ToHashSet();
        return
        [
            .. pairs
                .Where(pair => string.CompareOrdinal(pair.From, pair.To) < 0 && pairs.Contains((pair.To, pair.From)))
                .Select(pair => $"{pair.From} <-> {pair.To}")
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Folders that can be reached from themselves, each named once; empty = no cycle.</summary>
    public static IReadOnlyList<string> Cycle(IReadOnlyCollection<FolderArrow> arrows)
    {
        var uses = arrows.ToLookup(arrow => arrow.From, arrow => arrow.To);
        var left = arrows.SelectMany(arrow => new[] { arrow.From, arrow.To }).ToHashSet(StringComparer.Ordinal);
        // Takes away what uses nothing that is left; what remains uses itself in the end.
        while (left.RemoveWhere(folder => !uses[folder].Any(left.Contains)) > 0) { }

        return [.. left.Order(StringComparer.Ordinal)];
    }

    private static string Top(string folder) => folder.Split('.')[0];

    private static bool IsBelow(IType type, string root) =>
        type.Namespace?.FullName is { } name && (name == root || name.StartsWith(root + ".", StringComparison.Ordinal));

    private static string Folder(IType type, string root) => type.Namespace!.FullName[root.Length..].TrimStart('.');
}

using System.Security.Cryptography;

namespace HavenVlm.Local.Server.StashPlugin;

/// <summary>A plugin packed for Stash.</summary>
/// <param name="FileName">Name of the zip file.</param>
/// <param name="Zip">Its bytes.</param>
internal sealed record PluginPackage(string FileName, ReadOnlyMemory<byte> Zip)
{
    /// <summary>Id of the plugin.</summary>
    public required string Id { get; init; }

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public required string Description { get; init; }

    /// <summary>Its version, that of the product.</summary>
    public required string Version { get; init; }

    /// <summary>When it last changed: Stash offers an update when this is later than what is installed.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Ids of plugins that have to be installed too.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>Whether it is listed in the index; the variant for old Stash, which has no package sources, is not.</summary>
    public bool IsListed { get; init; } = true;

    /// <summary>Checksum of the zip file.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Zip.Span));
}

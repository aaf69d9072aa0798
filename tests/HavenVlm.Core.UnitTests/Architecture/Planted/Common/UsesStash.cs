namespace HavenVlm.Core.UnitTests.Architecture.Planted.Common;

/// <summary>A violation on purpose: what LayerTests must find.</summary>
internal sealed class UsesStash
{
    public Stash.UsedByCommon? Upward { get; init; }
}

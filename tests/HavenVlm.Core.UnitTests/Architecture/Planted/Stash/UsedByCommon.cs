namespace HavenVlm.Core.UnitTests.Architecture.Planted.Stash;

/// <summary>Uses Common, as it may, and is used by it, as it may not.</summary>
internal sealed class UsedByCommon
{
    public Common.UsesStash? Downward { get; init; }
}

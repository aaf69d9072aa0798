using HavenVlm.Core.Common;

namespace HavenVlm.Local.Commands;

/// <summary>Ids of Stash on the command line.</summary>
internal static class StashIds
{
    /// <summary>What is wrong with an option's id; null = nothing.</summary>
    public static string? Problem(string option, string id) =>
        StashId.IsOne(id) ? null : $"{option} {id}: {StashId.Rule}, as at the end of its address in Stash.";
}

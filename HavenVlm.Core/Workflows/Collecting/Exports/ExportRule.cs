using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>Where exports may lie on a host. What a user marked as incorrect loses its mark once it is exported, so an export must stay.</summary>
public sealed record ExportRule
{
    /// <summary>A folder that goes with the program that runs now; null = the host has none.</summary>
    public string? PassingFolder { get; init; }

    /// <summary>Refuses a folder that would not stay.</summary>
    /// <param name="folder">Absolute path.</param>
    /// <exception cref="PermanentFailureException">It is inside <see cref="PassingFolder"/>.</exception>
    public void Check(string folder)
    {
        if (PassingFolder is not { } passing)
        {
            return;
        }

        var relative = Path.GetRelativePath(passing, folder);
        if (!Path.IsPathRooted(relative) && !relative.Split(Path.DirectorySeparatorChar)[0].Equals("..", StringComparison.Ordinal))
        {
            throw new PermanentFailureException(
                $"The exports would go to {folder}, which is inside this app and goes with its container. Mount a share that all "
                    + "instances see and give its absolute path as export.outputDir (app setting HavenVlm__Export__OutputDir)."
            );
        }
    }
}

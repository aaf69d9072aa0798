namespace HavenVlm.Build.Running;

/// <summary>Reads what a build wrote.</summary>
internal static class BuildErrors
{
    /// <summary>Each error and warning once, sorted; everything if there is none.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> lines)
    {
        var found = lines
            .Where(line => line.Contains("error ", StringComparison.Ordinal) || line.Contains("warning ", StringComparison.Ordinal))
            .Select(line => line.Trim())
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        return found.Count > 0 ? found : lines;
    }
}

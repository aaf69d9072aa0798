namespace HavenVlm.Core.Storage;

/// <summary>The rules for artifact names; the same for every store, so that data can move between them.</summary>
public static class ArtifactName
{
    private const int MaxLength = 400;
    private const int MaxComponentLength = 120;

    /// <summary>Throws unless the name is a relative path of <c>[a-z0-9._-]</c> components, none of which a file system treats specially.</summary>
    public static void Validate(string name)
    {
        if (Fault(name) is { } fault)
        {
            throw new ArgumentException(
                $"\"{name}\" is no artifact name: {fault}. Allowed are components of a-z, 0-9, '.', '_' and '-' separated by '/'.",
                nameof(name)
            );
        }
    }

    /// <summary>Whether the name may be used.</summary>
    public static bool IsValid(string name) => Fault(name) is null;

    private static string? Fault(string name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return $"it has {name.Length} characters, not 1 to {MaxLength}";
        }

        foreach (var component in name.Split('/'))
        {
            if (component.Length is 0 or > MaxComponentLength)
            {
                return $"a component has {component.Length} characters, not 1 to {MaxComponentLength}";
            }

            if (component.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-')))
            {
                return $"\"{component}\" has other characters";
            }

            // "." and ".." leave the folder; Windows drops a trailing dot, so that two names would be one file.
            if (component[^1] == '.')
            {
                return $"\"{component}\" ends with a dot";
            }
        }

        return null;
    }
}

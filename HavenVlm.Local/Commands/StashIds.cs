namespace HavenVlm.Local.Commands;

/// <summary>Ids of Stash on the command line.</summary>
internal static class StashIds
{
    private const int Longest = 18;

    /// <summary>What is allowed, to go on after what was found.</summary>
    public const string Allowed = "ids of Stash are whole numbers, as in the address of the scene's page.";

    /// <summary>Whether a text can be an id.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= Longest && text.All(char.IsAsciiDigit) && text[0] != '0';
}

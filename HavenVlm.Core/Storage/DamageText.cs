namespace HavenVlm.Core.Storage;

/// <summary>What is said about an artifact that was set aside, the same by every store.</summary>
public static class DamageText
{
    /// <summary>What happened, where it is kept, what it means.</summary>
    public static string Of(string name, string kept, string consequence) =>
        $"{name} is damaged; it is kept as {kept[(kept.LastIndexOf('/') + 1)..]}.{(consequence.Length == 0 ? "" : " " + consequence)}";
}

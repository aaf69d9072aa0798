namespace HavenVlm.Local.Tests.Reliability;

/// <summary>What a bad disk does to a file.</summary>
internal static class FileDamage
{
    /// <summary>Damages a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="damage"><c>flip</c>, <c>cut</c>, <c>empty</c> or <c>garble</c>.</param>
    public static async Task DoAsync(string path, string damage)
    {
        var content = await File.ReadAllBytesAsync(path);
        switch (damage)
        {
            case "flip" when content.Length > 0:
                // Behind what is only the form, at the first byte of a document.
                content[path.EndsWith(".gz", StringComparison.Ordinal) ? content.Length / 2 : 0] ^= 0x10;
                break;
            case "cut":
                content = content[..(content.Length / 2)];
                break;
            case "empty":
                content = [];
                break;
            default:
                new Random(1).NextBytes(content.AsSpan(content.Length / 3));
                break;
        }

        await File.WriteAllBytesAsync(path, content);
    }
}

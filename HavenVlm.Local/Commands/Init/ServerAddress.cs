namespace HavenVlm.Local.Commands.Init;

/// <summary>Reads the address of a model server as people write it.</summary>
internal static class ServerAddress
{
    /// <summary>The address up to and including <c>/v1</c>; null = a machine alone, or no address at all.</summary>
    public static string? Of(string typed)
    {
        var text = typed.Trim();
        var hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? text : "http://" + text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return null;
        }

        // A name without scheme, port or path is a machine.
        if (uri.UserInfo.Length > 0 || (!hasScheme && uri.IsDefaultPort && uri.AbsolutePath is "/"))
        {
            return null;
        }

        var address = uri.GetLeftPart(UriPartial.Path).TrimEnd('/');
        const string Chat = "/chat/completions";
        address = address.EndsWith(Chat, StringComparison.OrdinalIgnoreCase) ? address[..^Chat.Length] : address;
        return uri.AbsolutePath is "/" ? address + "/v1" : address;
    }
}

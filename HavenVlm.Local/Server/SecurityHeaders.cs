using HavenVlm.Core.Api.Access;

namespace HavenVlm.Local.Server;

/// <summary>Puts the headers that every response has into one.</summary>
internal static class SecurityHeaders
{
    public static void Add(IHeaderDictionary headers)
    {
        foreach (var (name, value) in ResponseHeaders.Secure)
        {
            headers[name] = value;
        }
    }
}

using System.Collections.Frozen;
using System.Security.Cryptography;

namespace HavenVlm.Core.Api.Dashboard;

/// <summary>
/// The page at <c>/</c>: fixed files inside the assembly, the same for everybody and without any data, so they need no key. The page
/// asks the API for data as any other client does.
/// </summary>
internal static class DashboardPage
{
    private const string Prefix = "dashboard/";

    /// <summary>Only our own files run, and none of them can make a script or markup out of text (Trusted Types).</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly FrozenDictionary<string, PageFile> Files = Load();

    /// <summary>Names of the files under <c>/dashboard/</c>.</summary>
    public static IReadOnlyCollection<string> Names => Files.Keys;

    /// <summary>The page itself.</summary>
    public static ApiResponse Index(ApiRequest request) => Answer(request, Files["index.html"]);

    /// <summary>One of its files; everything that is not in the list does not exist.</summary>
    public static ApiResponse File(ApiRequest request)
    {
        var name = request.Route["file"];
        return Files.TryGetValue(name, out var file)
            ? Answer(request, file)
            : throw new ApiException(404, "No such file", "The page has no file of that name; GET / is the page.");
    }

    private static ApiResponse Answer(ApiRequest request, PageFile file)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Content-Security-Policy"] = ContentSecurityPolicy,
            ["ETag"] = file.Tag,
            // Kept, but asked for each time: after an update nobody sees half of the old page.
            ["Cache-Control"] = "no-cache",
            ["X-Content-Type-Options"] = "nosniff",
            ["X-Frame-Options"] = "DENY",
            ["Referrer-Policy"] = "no-referrer",
            ["Cross-Origin-Opener-Policy"] = "same-origin",
        };
        var isKnown = request.IfNoneMatch?.Split(',', StringSplitOptions.TrimEntries).Any(tag => Matches(tag, file.Tag)) ?? false;
        return new ApiResponse
        {
            Status = isKnown ? 304 : 200,
            Headers = headers,
            ContentType = file.ContentType,
            Body = isKnown ? default : file.Content,
        };
    }

    // A proxy that compresses marks the tag as weak.
    private static bool Matches(string tag, string own) =>
        tag == "*" || (tag.StartsWith("W/", StringComparison.Ordinal) ? tag.AsSpan(2) : tag).SequenceEqual(own);

    private static FrozenDictionary<string, PageFile> Load()
    {
        var assembly = typeof(DashboardPage).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => name[Prefix.Length..],
                name => Read(assembly.GetManifestResourceStream(name)!, name),
                StringComparer.Ordinal
            );
    }

    private static PageFile Read(Stream stream, string name)
    {
        using (stream)
        {
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new PageFile(
                content,
                ContentType(Path.GetExtension(name)),
                $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\""
            );
        }
    }

    private static string ContentType(string extension) =>
        extension switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => throw new InvalidOperationException($"The page has a file of an unknown kind: {extension}"),
        };

    private sealed record PageFile(byte[] Content, string ContentType, string Tag);
}

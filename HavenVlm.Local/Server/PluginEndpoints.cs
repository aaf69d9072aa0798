using System.Globalization;
using HavenVlm.Local.Server.StashPlugin;

namespace HavenVlm.Local.Server;

/// <summary>
/// The source of Stash's plugins under <c>/plugin</c>. Without a key, because Stash's package manager sends none; what is in the packages
/// is public. It asks with HEAD whether the index has changed, by its date.
/// </summary>
internal static class PluginEndpoints
{
    public static void MapPluginSource(this IEndpointRouteBuilder endpoints)
    {
        var source = new Lazy<PluginSource>(PluginSource.Pack);
        Map(endpoints, PluginSource.IndexName, "application/yaml; charset=utf-8", () => (source.Value.Index, source.Value.LastModified));
        endpoints
            .MapMethods(
                "/plugin/{file}.zip",
                [HttpMethods.Get, HttpMethods.Head],
                context =>
                    source.Value.Packages.FirstOrDefault(package => package.FileName == $"{context.Request.RouteValues["file"]}.zip")
                        is { } package
                        ? SendAsync(context, "application/zip", package.Zip, package.Date)
                        : Problems.WriteAsync(
                            context,
                            StatusCodes.Status404NotFound,
                            "No such plugin",
                            $"/plugin/{PluginSource.IndexName} lists the plugins."
                        )
            )
            .WithMetadata(AnonymousCall.Instance);
    }

    private static void Map(
        IEndpointRouteBuilder endpoints,
        string name,
        string type,
        Func<(ReadOnlyMemory<byte> Body, DateTimeOffset Date)> read
    ) =>
        endpoints
            .MapMethods(
                $"/plugin/{name}",
                [HttpMethods.Get, HttpMethods.Head],
                context =>
                {
                    var (body, date) = read();
                    return SendAsync(context, type, body, date);
                }
            )
            .WithMetadata(AnonymousCall.Instance);

    private static async Task SendAsync(HttpContext context, string type, ReadOnlyMemory<byte> body, DateTimeOffset date)
    {
        var response = context.Response;
        response.ContentType = type;
        response.ContentLength = body.Length;
        response.Headers.LastModified = date.ToString("R", CultureInfo.InvariantCulture);
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}

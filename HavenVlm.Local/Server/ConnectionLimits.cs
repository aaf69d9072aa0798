using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HavenVlm.Local.Server;

/// <summary>Holds the connections of one server within <see cref="RequestLimits"/>: registered with the addresses that it listens on.</summary>
internal sealed class ConnectionLimits : IStartupFilter
{
    private static readonly object Key = new();

    private readonly ConnectionTable _table = new(
        RequestLimits.MaxConnectionsPerAddress,
        RequestLimits.MaxRemoteConnections,
        RequestLimits.MaxLoopbackConnections
    );

    /// <summary>Counts the connections of an address that is listened on.</summary>
    public void Apply(ListenOptions listen) =>
        listen.Use(next =>
            async connection =>
            {
                var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
                using var counted = _table.Add(
                    address,
                    () => connection.Abort(new ConnectionAbortedException("It made room for another."))
                );
                if (counted is null)
                {
                    connection.Abort(new ConnectionAbortedException("Too many connections."));
                    return;
                }

                connection.Items[Key] = counted;
                await next(connection);
            }
        );

    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(KeepWhileAnsweringAsync);
            next(app);
        };

    private static async Task KeepWhileAnsweringAsync(HttpContext context, RequestDelegate next)
    {
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        var connection = items is not null && items.TryGetValue(Key, out var found) ? found as ConnectionTable.Connection : null;
        connection?.BeginRequest();
        try
        {
            await next(context);
        }
        finally
        {
            connection?.EndRequest();
        }
    }
}

namespace HavenVlm.Local.Server;

/// <summary>Kestrel as both servers of <c>serve</c> use it: nothing but our own limits and addresses has a say.</summary>
internal static class KestrelListening
{
    /// <summary>Listens on the addresses, with <see cref="RequestLimits"/>.</summary>
    public static void ListenOn(this WebApplicationBuilder builder, ListenAddress address)
    {
        var connections = new ConnectionLimits();
        builder.Services.AddSingleton<IStartupFilter>(connections);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            RequestLimits.Apply(kestrel.Limits);
            foreach (var endPoint in address.EndPoints)
            {
                kestrel.Listen(endPoint, connections.Apply);
            }
        });
    }
}

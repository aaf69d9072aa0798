using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>A server that speaks TLS with a certificate that it made itself, for another name: nobody may tell it anything.</summary>
internal sealed class UntrustedServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly X509Certificate2 _certificate;
    private int _told;

    private UntrustedServer(WebApplication server, X509Certificate2 certificate) => (_server, _certificate) = (server, certificate);

    /// <summary>Up to and including <c>/v1</c>.</summary>
    public string BaseUrl => _server.Urls.Single() + "/v1";

    /// <summary>Requests that were sent to it all the same.</summary>
    public int Told => Volatile.Read(ref _told);

    public static async Task<UntrustedServer> StartAsync()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=somebody-else.invalid", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = new UntrustedServer(builder.Build(), certificate);
        server._server.Run(context =>
        {
            Interlocked.Increment(ref server._told);
            return context.Response.WriteAsync("""{"choices":[{"message":{"content":"{\"tags\":[]}"}}]}""");
        });
        await server._server.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }
}

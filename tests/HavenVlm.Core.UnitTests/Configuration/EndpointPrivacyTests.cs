using System.Net;
using System.Net.Sockets;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.UnitTests.Configuration;

public sealed class EndpointPrivacyTests
{
    [Theory]
    [InlineData("http://localhost:1234/v1", true)]
    [InlineData("http://127.0.0.1:1234/v1", true)]
    [InlineData("http://[::1]:1234/v1", true)]
    [InlineData("http://10.1.2.3", true)]
    [InlineData("http://172.16.0.1", true)]
    [InlineData("http://172.31.255.255", true)]
    [InlineData("http://172.32.0.1", false)]
    [InlineData("http://192.168.178.20:8000/v1", true)]
    [InlineData("http://192.169.1.1", false)]
    [InlineData("http://169.254.1.1", true)]
    [InlineData("http://100.64.0.1", true)]
    [InlineData("http://100.128.0.1", false)]
    [InlineData("http://[fd00::1]", true)]
    [InlineData("http://[fe80::1]", true)]
    [InlineData("http://[2001:db8::1]", false)]
    [InlineData("http://[::ffff:192.168.1.1]", true)]
    [InlineData("http://[::ffff:8.8.8.8]", false)]
    [InlineData("http://8.8.8.8", false)]
    [InlineData("http://gaming-pc.local:1234/v1", true)]
    [InlineData("http://nas.home.arpa", true)]
    [InlineData("http://ollama:11434/v1", true)]
    [InlineData("http://inside.example", true)]
    [InlineData("http://outside.example", false)]
    [InlineData("http://both.example", false)]
    [InlineData("https://unknown.example/v1", false)]
    [InlineData("not an address", false)]
    public async Task An_address_stays_in_this_network_or_not(string address, bool expected) =>
        Assert.Equal(expected, await EndpointPrivacy.StaysLocalAsync(address, Resolve, CancellationToken.None));

    private static Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken) =>
        host switch
        {
            "inside.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse("192.168.1.9")]),
            "outside.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.215.14")]),
            "both.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse("192.168.1.9"), IPAddress.Parse("93.184.215.14")]),
            _ => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)),
        };
}

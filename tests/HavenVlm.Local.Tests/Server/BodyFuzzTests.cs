using System.Net.Http.Headers;
using HavenVlm.Core.Api;

namespace HavenVlm.Local.Tests.Server;

/// <summary>Bodies and paths that nobody should send, over real HTTP.</summary>
public sealed class BodyFuzzTests(ServerWithoutStash fixture) : IClassFixture<ServerWithoutStash>
{
    private const int Seed = 20261124;

    private static readonly string[] Paths =
    [
        "%00",
        "%ff%fe",
        "..%2f..",
        "1%0d%0aX: y",
        "%e2%80%ae",
        "-1",
        "999999999999999999999",
        "%7b%7d",
        "a b",
    ];

    [Fact]
    public async Task No_body_of_any_call_makes_the_server_fail()
    {
        var server = fixture.Server;
        var random = new Random(Seed);
        var routes = ApiRoutes.All.Where(route => route.Method is "POST" or "PUT" && route.RequestType is not null).ToArray();
        for (var i = 0; i < 400; i++)
        {
            var route = routes[random.Next(routes.Length)];
            using var content = new ByteArrayContent(Bytes(random));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(new HttpMethod(route.Method), $"/{Fill(route, "1")}") { Content = content };
            using var response = await server.Http.SendAsync(request);

            // 503 and 504: the Stash of this test is away.
            Assert.True(
                (int)response.StatusCode is (>= 200 and < 500) or 502 or 503 or 504,
                $"input {i} to {route.Name}: {response.StatusCode}"
            );
        }

        var failures = server.Log.Where(line => line.Contains(" failed", StringComparison.Ordinal));
        Assert.Equal([], failures.Where(line => !line.Contains("cannot be reached", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_path_of_any_call_makes_the_server_fail()
    {
        var server = fixture.Server;
        foreach (var route in ApiRoutes.All.Where(route => route.Template.Contains('{', StringComparison.Ordinal)))
        {
            foreach (var path in Paths)
            {
                var answer = await server.SendRawAsync(
                    $"{route.Method} /{Fill(route, path)} HTTP/1.1\nHost: localhost\nContent-Length: 0\nConnection: close\n\n"
                );

                Assert.Matches("^HTTP/1.1 (2..|4..|502|503|504)", answer);
            }
        }
    }

    private static string Fill(ApiRoute route, string value) =>
        string.Join('/', route.Template.Split('/').Select(part => part.StartsWith('{') ? value : part));

    // Half of them begin as JSON does; none is empty, which would ask for everything.
    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(1, 300)];
        random.NextBytes(bytes);
        if (random.Next(2) == 0)
        {
            "{\"sceneIds\":"u8[..Math.Min(12, bytes.Length)].CopyTo(bytes);
        }

        return bytes;
    }
}

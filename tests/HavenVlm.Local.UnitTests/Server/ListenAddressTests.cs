using System.Net;
using HavenVlm.Local.Server;

namespace HavenVlm.Local.UnitTests.Server;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:7071", true, "127.0.0.1:7071")]
    [InlineData("http://[::1]:7071", true, "[::1]:7071")]
    [InlineData("http://localhost:7071", true, "127.0.0.1:7071 [::1]:7071")]
    [InlineData("http://localhost:0", true, "127.0.0.1:0")]
    [InlineData("http://0.0.0.0:7071", false, "0.0.0.0:7071")]
    [InlineData("http://*:7071", false, "[::]:7071")]
    [InlineData("http://192.168.1.5:7071", false, "192.168.1.5:7071")]
    public void Reports_the_address_and_who_can_reach_it(string listen, bool isLoopback, string endPoints)
    {
        var address = ListenAddress.Parse(listen);

        Assert.Equal(isLoopback, address.IsLoopback);
        Assert.Equal(endPoints, string.Join(' ', address.EndPoints));
    }

    [Theory]
    [InlineData("0.0.0.0:7071", "http://127.0.0.1:7071/")]
    [InlineData("[::]:7071", "http://127.0.0.1:7071/")]
    [InlineData("[::1]:7071", "http://[::1]:7071/")]
    [InlineData("192.168.1.5:7071", "http://192.168.1.5:7071/")]
    public void Commands_on_this_machine_know_where_to_ask(string bound, string expected) =>
        Assert.Equal(expected, ListenAddress.Reachable(IPEndPoint.Parse(bound)).ToString());
}

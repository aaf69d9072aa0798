using System.Net;
using HavenVlm.Local.Server;

namespace HavenVlm.Local.UnitTests.Server;

public sealed class ConnectionTableTests
{
    private readonly ConnectionTable _table = new(maxPerAddress: 3, maxRemote: 5, maxLoopback: 3);
    private readonly List<string> _closed = [];

    [Fact]
    public void The_longest_idle_connection_of_an_address_makes_room_for_its_next()
    {
        foreach (var name in (string[])["a1", "a2", "a3", "a4"])
        {
            Assert.NotNull(Add("192.0.2.1", name));
        }

        Assert.NotNull(Add("192.0.2.2", "b1"));
        Assert.Equal(["a1"], _closed);
        Assert.Equal(4, _table.Count);
    }

    [Fact]
    public void Ten_thousand_silent_connections_of_one_address_close_none_of_another_and_none_of_this_machine()
    {
        Add("192.0.2.7", "other");
        Add("127.0.0.1", "local");
        for (var i = 0; i < 10_000; i++)
        {
            Assert.NotNull(Add("192.0.2.1", $"silent {i}"));
        }

        Assert.NotNull(Add("192.0.2.7", "another"));
        Assert.NotNull(Add("::1", "local too"));
        Assert.DoesNotContain(_closed, name => !name.StartsWith("silent", StringComparison.Ordinal));
        Assert.Equal(10_000 - 3, _closed.Count);
        Assert.Equal(7, _table.Count);
    }

    [Fact]
    public void Silent_connections_of_many_addresses_leave_room_for_another_and_for_this_machine()
    {
        for (var i = 1; i <= 200; i++)
        {
            Assert.NotNull(Add($"192.0.2.{i}", $"{i}"));
        }

        Assert.NotNull(Add("127.0.0.1", "local"));
        Assert.Equal(195, _closed.Count);
        Assert.Equal(6, _table.Count);
    }

    [Fact]
    public void A_connection_within_a_request_is_not_closed_and_the_newcomer_is_refused()
    {
        var busy = Enumerable.Range(1, 3).Select(i => Add("192.0.2.1", $"busy {i}")!).ToList();
        busy.ForEach(each => each.BeginRequest());
        Assert.Null(Add("192.0.2.1", "refused"));

        busy[1].EndRequest();

        Assert.NotNull(Add("192.0.2.1", "new"));
        Assert.Equal(["busy 2"], _closed);
    }

    [Fact]
    public void What_has_ended_is_not_counted_and_ends_once()
    {
        var first = Add("192.0.2.1", "first")!;
        first.Dispose();
        first.Dispose();
        first.EndRequest();

        Assert.Equal(0, _table.Count);
        for (var i = 0; i < 3; i++)
        {
            Add("192.0.2.1", $"{i}");
        }

        Assert.Empty(_closed);
    }

    [Fact]
    public void Addresses_of_one_IPv6_network_are_one_and_mapped_ones_are_IPv4()
    {
        Add("2001:db8::1", "v6 1");
        Add("2001:db8::2", "v6 2");
        Add("2001:db8::3:4", "v6 3");
        Add("2001:db8::5", "v6 4");
        Add("::ffff:127.0.0.1", "local");

        Assert.Equal(["v6 1"], _closed);
        for (var i = 0; i < 3; i++)
        {
            Add("127.0.0.1", $"local {i}");
        }

        Assert.Equal(["v6 1", "local"], _closed);
    }

    private ConnectionTable.Connection? Add(string address, string name) => _table.Add(IPAddress.Parse(address), () => _closed.Add(name));
}

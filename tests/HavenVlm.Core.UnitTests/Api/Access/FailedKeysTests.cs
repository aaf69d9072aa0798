using System.Net;
using HavenVlm.Core.Api.Access;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Core.UnitTests.Api.Access;

public sealed class FailedKeysTests
{
    private static readonly IPAddress Caller = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _time = new();
    private readonly FailedKeys _keys;

    public FailedKeysTests() => _keys = new FailedKeys(_time);

    [Fact]
    public void Ten_wrong_keys_may_come_at_once_then_one_every_six_seconds()
    {
        for (var i = 0; i < FailedKeys.Burst; i++)
        {
            Assert.Equal(TimeSpan.Zero, _keys.Wait(Caller));
            _keys.Add(Caller);
        }

        Assert.Equal(TimeSpan.FromSeconds(6), _keys.Wait(Caller));
        _time.Advance(TimeSpan.FromSeconds(5.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), _keys.Wait(Caller));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.Zero, _keys.Wait(Caller));
        _keys.Add(Caller);
        Assert.Equal(TimeSpan.FromSeconds(6), _keys.Wait(Caller));
    }

    [Fact]
    public void After_a_minute_all_tries_are_back()
    {
        Use(Caller);
        _time.Advance(TimeSpan.FromMinutes(1));

        for (var i = 0; i < FailedKeys.Burst; i++)
        {
            Assert.Equal(TimeSpan.Zero, _keys.Wait(Caller));
            _keys.Add(Caller);
        }

        Assert.True(_keys.Wait(Caller) > TimeSpan.Zero);
    }

    [Fact]
    public void Callers_are_counted_apart_but_a_network_of_IPv6_is_one_and_IPv4_has_two_spellings()
    {
        Use(Caller);
        Use(IPAddress.Parse("2001:db8:1:2:3:4:5:6"));

        Assert.Equal(TimeSpan.Zero, _keys.Wait(IPAddress.Parse("192.0.2.2")));
        Assert.Equal(TimeSpan.Zero, _keys.Wait(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.Equal(TimeSpan.Zero, _keys.Wait(caller: null));
        Assert.True(_keys.Wait(IPAddress.Parse("2001:db8:1:2::1")) > TimeSpan.Zero);
        Assert.True(_keys.Wait(Caller.MapToIPv6()) > TimeSpan.Zero);
    }

    [Fact]
    public void A_hundred_thousand_callers_take_no_more_memory_than_four_thousand()
    {
        for (var i = 0; i < 100_000; i++)
        {
            _keys.Add(new IPAddress(BitConverter.GetBytes(i)));
        }

        Assert.Equal(FailedKeys.MaxCallers, _keys.Count);
        _time.Advance(TimeSpan.FromMinutes(1));
        _keys.Add(Caller);
        Assert.Equal(1, _keys.Count);
    }

    private void Use(IPAddress caller)
    {
        for (var i = 0; i < FailedKeys.Burst; i++)
        {
            _keys.Add(caller);
        }
    }
}

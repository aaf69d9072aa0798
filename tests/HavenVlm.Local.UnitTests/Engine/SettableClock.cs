using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Local.UnitTests.Engine;

/// <summary>A clock that can be set while time goes on as ever.</summary>
internal sealed class SettableClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _offset;

    public void Set(TimeSpan by) => _offset += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _offset;

    public override long GetTimestamp() => base.GetUtcNow().UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
}

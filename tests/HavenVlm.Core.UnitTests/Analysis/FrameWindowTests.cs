using HavenVlm.Core.Analysis;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Core.UnitTests.Analysis;

/// <summary>How many decoded pictures are kept ready, and whose.</summary>
public sealed class FrameWindowTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task There_is_room_for_what_the_endpoints_take_and_no_more()
    {
        var window = Window(least: 2);
        var held = new[] { await Take(window, "a", 0), await Take(window, "a", 0) };
        var third = Take(window, "a", 0);
        Assert.False(third.IsCompleted);

        held[0].Dispose();
        held[0].Dispose();

        (await third).Dispose();
        held[1].Dispose();
    }

    [Fact]
    public async Task A_request_larger_than_the_room_goes_alone()
    {
        var window = Window(least: 2);
        var large = await Take(window, "a", 0, pictures: 8);
        var next = Take(window, "a", 0, pictures: 8);
        Assert.False(next.IsCompleted);

        large.Dispose();

        (await next).Dispose();
    }

    [Fact]
    public async Task Two_seconds_of_the_present_throughput_are_kept_ready()
    {
        var window = Window(least: 4);
        // 50 a second.
        for (var i = 0; i < 100; i++)
        {
            var held = await Take(window, "a", 0);
            _time.Advance(TimeSpan.FromMilliseconds(20));
            held.Dispose();
        }

        Assert.InRange(CountAdmitted(window), 95, 105);
    }

    [Fact]
    public async Task Large_pictures_are_bounded_by_memory()
    {
        var window = Window(least: 4);
        for (var i = 0; i < 100; i++)
        {
            (await Take(window, "a", 0)).Dispose();
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }

        Assert.Equal(24, CountAdmitted(window, bytes: 2 << 20));
    }

    [Fact]
    public async Task The_earliest_chunk_of_a_video_goes_first()
    {
        var window = Window(least: 1);
        var held = await Take(window, "a", 0);
        var later = Take(window, "a", 2);
        var earlier = Take(window, "a", 1);

        held.Dispose();

        Assert.False(later.IsCompleted);
        (await earlier).Dispose();
        (await later).Dispose();
    }

    [Fact]
    public async Task Videos_share_the_room_evenly()
    {
        var window = Window(least: 4);
        var of = new List<IDisposable>();
        for (var i = 0; i < 4; i++)
        {
            of.Add(await Take(window, "a", 0));
        }

        Task<IDisposable>[] waiting = [Take(window, "a", 0), Take(window, "b", 7), Take(window, "b", 7)];
        of[0].Dispose();
        of[1].Dispose();

        await Task.WhenAll(waiting[1..]);
        Assert.False(waiting[0].IsCompleted);
        of[2].Dispose();
        await waiting[0];
    }

    [Fact]
    public async Task Who_gives_up_takes_no_room()
    {
        var window = Window(least: 1);
        var held = await Take(window, "a", 0);
        using var stop = new CancellationTokenSource();
        var gone = window.TakeAsync(new WindowPlace("a", 0), 1, 1, stop.Token);
        var next = Take(window, "a", 1);

        await stop.CancelAsync();
        held.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        (await next).Dispose();
        (await Take(window, "a", 2)).Dispose();
    }

    private FrameWindow Window(int least) => new(() => least, _time);

    // Where there is room nobody waits.
    private static int CountAdmitted(FrameWindow window, long bytes = 1)
    {
        var admitted = 0;
        while (window.TakeAsync(new WindowPlace("b", 0), 1, bytes, CancellationToken.None).IsCompleted)
        {
            admitted++;
        }

        return admitted;
    }

    private static Task<IDisposable> Take(FrameWindow window, string video, int chunk, int pictures = 1) =>
        window.TakeAsync(new WindowPlace(video, chunk), pictures, 1, CancellationToken.None);
}

using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Media.Frames;

/// <summary>Recordings joined byte by byte, so that their clock starts again in the middle.</summary>
public sealed class JoinedFilmTests(MediaCorpus corpus) : IAsyncDisposable
{
    private const double Rate = 25;
    private readonly MediaParts _parts = new();

    [Theory]
    [InlineData("ts", 6, 6)]
    [InlineData("ts", 3, 9, 5)]
    [InlineData("mpg", 6, 6)]
    [InlineData("mpg", 9, 2, 4)]
    public async Task Each_part_is_shown_in_its_turn_and_that_is_said(string extension, params int[] lengths)
    {
        var path = await JoinedAsync(extension, lengths);

        var facts = await _parts.ProbeAsync(path);

        Assert.Equal(lengths.Sum(), facts.Duration.TotalSeconds, 0.15);
        Assert.Contains($"starts again {(lengths.Length == 2 ? "once" : "2 times")}", Assert.Single(facts.Notes), StringComparison.Ordinal);
        foreach (var step in ReleaseTier.Steps(0.2, 0.96, 2.52))
        {
            var times = Seconds(facts, step).ToList();
            var frames = await _parts.ExtractAsync(path, times, TimeSpan.FromSeconds(step / 4));

            Assert.Equal(times, frames.Select(frame => frame.Planned));
            Assert.All(frames, frame => AssertNumber(frame, lengths));
        }

        await using var input = await _parts.OpenAsync(path);
        foreach (var time in Seconds(facts, ReleaseTier.Step(0.88)))
        {
            var one = await _parts.Get<FrameExtractor>().ExtractOneAsync(input, facts, MediaParts.Pictures, time, CancellationToken.None);
            AssertNumber(one, lengths);
        }
    }

    [Fact]
    public async Task Changes_of_the_picture_are_found_in_every_part()
    {
        var path = await JoinedAsync("ts", 6, 6);
        var facts = await _parts.ProbeAsync(path);
        await using var input = await _parts.OpenAsync(path);

        var changes = await _parts.Get<ChangeDetector>().ScanAsync(input, facts, TimeSpan.Zero, facts.Duration, CancellationToken.None);

        Assert.Contains(changes, change => change.Time < TimeSpan.FromSeconds(6));
        Assert.Contains(changes, change => change.Time > TimeSpan.FromSeconds(7) && change.Time < facts.Duration);
        Assert.Equal(changes.OrderBy(change => change.Time), changes);
    }

    [Fact]
    public async Task A_clock_that_runs_through_makes_no_parts()
    {
        Assert.Empty((await _parts.ProbeAsync(await corpus.TransportStream())).Parts);
        Assert.Empty((await _parts.ProbeAsync(await corpus.Common("mpeg2.mpg"))).Parts);
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private static IEnumerable<TimeSpan> Seconds(VideoFacts facts, double step)
    {
        for (var time = 0.0; time <= facts.Duration.TotalSeconds - 0.04; time += step)
        {
            yield return TimeSpan.FromSeconds(time);
        }
    }

    private static void AssertNumber(VideoFrame frame, IReadOnlyList<int> lengths)
    {
        Assert.Null(frame.Reason);
        // Numbers begin again in each part.
        var number = (int)Math.Round(frame.Time.TotalSeconds * Rate);
        foreach (var length in lengths)
        {
            if (number < length * Rate)
            {
                break;
            }

            number -= (int)(length * Rate);
        }

        // Program streams do not say how long the last picture of each part lasts.
        var most = lengths.Count - 1;
        Assert.InRange(SampleVideo.NumberIn(frame.Signature!), number - most, number + most);
    }

    private Task<string> JoinedAsync(string extension, params int[] lengths) =>
        corpus.Make(
            $"joined-{string.Join('-', lengths)}.{extension}",
            async path =>
            {
                await using var joined = File.Create(path);
                foreach (var length in lengths)
                {
                    var part = await corpus.Make(
                        $"part-{length}.{extension}",
                        file =>
                            SampleVideo.MakeAsync([
                                "-f",
                                "lavfi",
                                "-i",
                                SampleVideo.Numbers(length),
                                "-f",
                                "lavfi",
                                "-i",
                                $"sine=d={length}",
                                .. extension is "ts"
                                    ? ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25"]
                                    : (string[])["-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "-g", "12"],
                                "-c:a",
                                "mp2",
                                file,
                            ])
                    );
                    await joined.WriteAsync(await File.ReadAllBytesAsync(part));
                }
            }
        );
}

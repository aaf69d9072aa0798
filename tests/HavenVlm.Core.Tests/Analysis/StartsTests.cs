using System.Collections.Concurrent;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Tests.Media;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Tests.Analysis;

/// <summary>How often ffmpeg and ffprobe start for a video: each start costs more than decoding a short scene.</summary>
public sealed class StartsTests(MediaCorpus corpus)
{
    [Theory]
    [InlineData(2, "", "ffprobe, ffmpeg")]
    [InlineData(12, "", "ffprobe, ffmpeg")]
    // Bars are found in the frames that are asked about; these are then decoded without them.
    [InlineData(2, ",scale=240:180,pad=320:180:40:0", "ffprobe, ffmpeg, ffmpeg")]
    public async Task A_short_scene_starts_each_once(double seconds, string filter, string starts)
    {
        var path = await FilmAsync(seconds, filter);
        var log = new StartLog();

        _ = await WholeAnalysis.RunAsync(path, new VideoOptions(), withPictures: false, log, "Kissing");

        Assert.Equal(starts, string.Join(", ", log.Starts.Select(line => line.Split(' ')[0])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pictures_of_markers_start_nothing(bool withPictures)
    {
        var path = await FilmAsync(12, "");
        var log = new StartLog();

        var finished = await WholeAnalysis.RunAsync(path, new VideoOptions(), withPictures, log, "Kissing");

        Assert.Equal(withPictures ? 1 : 0, finished.Pictures.Count);
        Assert.Equal(2, log.Starts.Count);
        Assert.All(
            finished.Pictures,
            picture => Assert.InRange(picture.Key, finished.Result.Markers[0].Start, finished.Result.Markers[0].End)
        );
    }

    private Task<string> FilmAsync(double seconds, string filter) =>
        corpus.Make(
            FormattableString.Invariant($"starts-{seconds}-{filter.Length}.mp4"),
            path =>
                SampleVideo.MakeAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    FormattableString.Invariant(
                        $"color=c=gray:s=320x180:r=25:d={seconds},drawbox=x=80:y=0:w=160:h=90:color={WholeAnalysis.Kissing}:t=fill{filter}"
                    ),
                    "-c:v",
                    "libx264",
                    "-preset",
                    "ultrafast",
                    "-pix_fmt",
                    "yuv420p",
                    path
                )
        );

    private sealed class StartLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = [];

        public IReadOnlyList<string> Starts => [.. _lines];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var line = formatter(state, exception);
            if (line.StartsWith("ffmpeg -", StringComparison.Ordinal) || line.StartsWith("ffprobe -", StringComparison.Ordinal))
            {
                _lines.Enqueue(line);
            }
        }

        public void Dispose()
        {
            // Holds nothing.
        }
    }
}

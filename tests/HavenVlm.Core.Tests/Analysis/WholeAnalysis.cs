using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Tests.Media;
using HavenVlm.Simulation.Vlm;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Tests.Analysis;

/// <summary>Analyzes a file as <c>haven analyze</c> does, with a model that finds tags by the colors of their legend.</summary>
internal static class WholeAnalysis
{
    /// <summary>ffmpeg's names of the legend's colors.</summary>
    public const string Kissing = "0xDE2834";
    public const string Hugging = "0xF28A18";

    /// <summary>Gray pictures with a red square at 6-12 s and an orange one at 15-21 s; 24 s, one keyframe each 10 s.</summary>
    public static Task<string> BaseFilm(this MediaCorpus corpus) =>
        corpus.Make(
            "base-film.mp4",
            path =>
                SampleVideo.MakeAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    "color=c=gray:s=640x360:r=25:d=24,"
                        + $"drawbox=x=0:y=0:w=160:h=90:color={Kissing}:t=fill:enable='gte(t,6)*lt(t,12)',"
                        + $"drawbox=x=160:y=0:w=160:h=90:color={Hugging}:t=fill:enable='gte(t,15)*lt(t,21)'",
                    "-c:v",
                    "libx264",
                    "-preset",
                    "ultrafast",
                    "-pix_fmt",
                    "yuv420p",
                    path
                )
        );

    /// <summary>What the analysis finds.</summary>
    public static async Task<AnalysisResult> RunAsync(string path, VideoOptions? video = null, params string[] tags) =>
        (await RunAsync(path, video ?? new VideoOptions(), withPictures: false, log: null, tags)).Result;

    /// <summary>What the analysis finds, with pictures for a report, and with a log of what it does.</summary>
    public static async Task<FinishedAnalysis> RunAsync(
        string path,
        VideoOptions video,
        bool withPictures,
        ILoggerProvider? log,
        params string[] tags
    )
    {
        var folder = Directory.CreateTempSubdirectory("haven-analysis-");
        await using var model = await SimulatedVlm.StartAsync();
        try
        {
            var options = new HavenOptions
            {
                Vlm = new VlmOptions
                {
                    Model = model.Behavior.Models[0],
                    Endpoints = [new EndpointOptions { Name = "simulated", BaseUrl = model.BaseUrl }],
                },
                Video = video with { Hwaccel = "none" },
                Tags = (tags.Length > 0 ? tags : ["Kissing", "Hugging"]).ToDictionary(
                    tag => tag,
                    _ => new TagOptions(),
                    StringComparer.Ordinal
                ),
            };
            await using var services = new ServiceCollection()
                .AddLogging(logging =>
                {
                    if (log is not null)
                    {
                        logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log);
                    }
                })
                .AddSingleton(new SettingsSource(options))
                .AddSingleton<IArtifactStore>(_ => new FileArtifactStore(folder.FullName))
                .AddHavenCore()
                .BuildServiceProvider();
            return await services
                .GetRequiredService<VideoAnalysis>()
                .RunAsync(path, interval: null, withPictures, new Progress<ProgressStatus>(), TestContext.Current.CancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Markers as text, rounded to half seconds.</summary>
    public static IReadOnlyList<string> Words(this AnalysisResult result) =>
        [.. result.Markers.Select(m => FormattableString.Invariant($"{m.Tag} {Half(m.Start)}-{Half(m.End)}"))];

    private static double Half(TimeSpan time) => Math.Round(time.TotalSeconds * 2) / 2;
}

using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core.Analysis;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Reports;
using HavenVlm.Local.Commands.Progress;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Hosting;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven analyze VIDEO</c>: analyses a file without Stash.</summary>
internal static class AnalyzeCommand
{
    private const string AnswersKept = "Answers are kept: run the command again.";
    private static readonly JsonSerializerOptions Readable = new(HavenJson.Options) { WriteIndented = true };

    public static Command Create(CommandContext context, Option<string?> config)
    {
        var video = new Argument<string>("VIDEO") { Description = "The video file." };
        var json = new Option<string?>("--json")
        {
            Description = "Writes the result as JSON; - writes it to the output.",
            HelpName = "FILE",
        };
        var report = new Option<string?>("--report")
        {
            Description = "Writes a report with timeline and pictures.",
            HelpName = "FILE.html",
        };
        var interval = new Option<string?>("--interval") { Description = "Time between looks, such as 2s.", HelpName = "DURATION" };
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !TryInterval(text, out _))
            {
                result.AddError($"--interval {text}: expected a duration from 100ms to 1h, such as 2s.");
            }
        });
        var wait = WaitOption.Create();
        var command = new Command("analyze", "Analyzes a video file; needs no Stash.") { video, json, report, interval, wait };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var loaded = context.Load(parsed.GetValue(config));
                var wish = parsed.GetValue(interval) is { } text && TryInterval(text, out var time) ? time : (TimeSpan?)null;
                var path = Path.Combine(context.Folder, parsed.GetValue(video)!);
                var files = new OutputFiles(parsed.GetValue(json), parsed.GetValue(report));
                return RunAsync(context, loaded, path, wish, files, parsed.GetValue(wait), cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context,
        LoadedConfiguration loaded,
        string path,
        TimeSpan? interval,
        OutputFiles files,
        bool waits,
        CancellationToken cancellationToken
    )
    {
        CommandWork.RequireComplete(loaded);
        RequireFolders(context, files);
        var terminal = context.Terminal;
        var options = loaded.Options;
        using var folder = await DataFolderLock.AcquireAsync(options.Storage.DataDir, context.Time, cancellationToken);
        await using var services = new ServiceCollection()
            .AddHavenLocal(new SettingsSource(options), folder, terminal.Note, LogLevel.Warning, context.Time)
            .BuildServiceProvider();
        // The engine is not started: what an earlier command left unfinished is not this one's work.
        await services.GetRequiredService<EndpointControl>().RestoreAsync(cancellationToken);
        try
        {
            FinishedAnalysis finished;
            await using (var view = ProgressView.Open(context, files.Json is "-"))
            {
                var analysis = services.GetRequiredService<VideoAnalysis>();
                var problems = services.GetRequiredService<StatusProblems>();
                var outages = new OutagePolicy(OutagePolicy.NoStash, waits, AnswersKept, terminal, context.Time);
                finished = await WatchedAnalysis.RunAsync(
                    (progress, token) => analysis.RunAsync(path, interval, files.Report is not null, progress, token),
                    view,
                    status => outages.Observe(status, problems.Find()),
                    context.Time,
                    cancellationToken
                );
            }

            await WriteAsync(context, finished, files, cancellationToken);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.Note("Stopped. Answers are kept; the next run continues here.");
            return ExitCode.Interrupted;
        }
    }

    // An analysis may take hours: report that its result cannot be written before, not after.
    private static void RequireFolders(CommandContext context, OutputFiles files)
    {
        OutputFile.Require(context, "--json", files.Json is "-" ? null : files.Json);
        OutputFile.Require(context, "--report", files.Report);
    }

    private static async Task WriteAsync(
        CommandContext context,
        FinishedAnalysis finished,
        OutputFiles files,
        CancellationToken cancellationToken
    )
    {
        var document = JsonSerializer.Serialize(finished.Result, Readable);
        if (files.Json is "-")
        {
            context.Terminal.Print(document);
        }
        else
        {
            PrintResult(context.Terminal, finished.Result);
        }

        if (files.Json is { } json and not "-")
        {
            await File.WriteAllTextAsync(Path.Combine(context.Folder, json), document + "\n", cancellationToken);
        }

        if (files.Report is { } report)
        {
            await using var stream = File.Create(Path.Combine(context.Folder, report));
            await finished.WriteReportAsync(stream, context.Time.GetLocalNow(), cancellationToken);
        }
    }

    private static void PrintResult(Terminal terminal, AnalysisResult result)
    {
        var frames = result.Frames;
        terminal.Print(
            $"{result.Video}, {ProgressText.Duration(result.Duration.TotalSeconds)}: {frames.Answered} of {frames.Asked} frames answered, "
                + $"{frames.Reused} reused, {result.Requests:0.#} requests"
        );
        foreach (var note in result.Notes ?? [])
        {
            terminal.Print($"Note: {note}");
        }

        foreach (var (tag, time) in result.Tags)
        {
            terminal.Print($"Tag {tag}: {ProgressText.Duration(time.TotalSeconds)} in all");
        }

        foreach (var marker in result.Markers)
        {
            terminal.Print($"Marker {Clock(marker.Start)} - {Clock(marker.End)} {marker.Tag} ({marker.Confidence:0.00})");
        }
    }

    private static string Clock(TimeSpan time) => time.ToString(@"h\:mm\:ss\.f");

    private static bool TryInterval(string text, out TimeSpan interval)
    {
        interval = default;
        try
        {
            var parsed = MarkerDuration.Parse(text);
            interval = parsed.Time;
            return parsed.Share == 0 && interval >= TimeSpan.FromMilliseconds(100) && interval <= TimeSpan.FromHours(1);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private sealed record OutputFiles(string? Json, string? Report);
}

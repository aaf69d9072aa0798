using HavenVlm.Local.Commands;
using HavenVlm.Simulation.Demo;
using HavenVlm.Simulation.Vlm;
using Spectre.Console;

namespace HavenVlm.Local.Demo;

/// <summary>Prints what came out of the demo against the truth.</summary>
internal static class DemoReport
{
    /// <summary>Prints the table and what else differs; true when everything is right.</summary>
    public static bool Print(Terminal terminal, DemoEnvironment demo, IReadOnlyDictionary<int, string> reasons, TimeSpan elapsed)
    {
        var checks = TruthCheck.Run(demo);
        Console(terminal).Write(Table(checks));
        foreach (var check in checks)
        {
            foreach (var problem in check.Problems)
            {
                terminal.Print($"Scene {check.Scene.Id}, {check.Scene.Video.Script.Title}: {problem}.");
            }
        }

        foreach (var (scene, reason) in reasons)
        {
            terminal.Print($"Scene {scene} has VLM_Errored: {reason}");
        }

        var markers = checks.SelectMany(c => c.Markers).ToList();
        var logs = demo.Vlms.Select(v => v.Log).ToList();
        terminal.Print(
            $"{checks.Count} scenes, {markers.Count(m => m.Start is not null)} markers in {elapsed.TotalSeconds:0.0} s;"
                + $" {logs.Sum(l => l.Requests)} requests to the model, {logs.Sum(l => l.PicturesAnswered)} pictures answered,"
                + $" {logs.SelectMany(l => l.Exchanges).Count(e => e.Outcome is VlmOutcome.Faulted or VlmOutcome.Rejected)} went wrong."
        );
        var images = TruthCheck.RunImages(demo);
        foreach (var problem in images)
        {
            terminal.Print($"Images: {problem}.");
        }

        if (demo.Images.Count > 0)
        {
            var kinds = string.Join(", ", demo.Images.Select(image => image.Kind));
            terminal.Print(
                $"{demo.Images.Count} images ({kinds}){(images.Count == 0 ? ": the tags of each are what can be seen in it" : "")}."
            );
        }

        var isGood = checks.All(c => c.IsGood) && images.Count == 0;
        terminal.Print(
            isGood
                ? $"Everything equals the truth within one frame interval ({demo.Options.FrameInterval.TotalSeconds:0.##} s), and the user's own data is untouched."
                : "There are differences from the truth."
        );
        return isGood;
    }

    private static IAnsiConsole Console(Terminal terminal)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(terminal.Output),
                Ansi = terminal.IsInteractive ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = terminal.IsInteractive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            }
        );
        if (!terminal.IsInteractive)
        {
            console.Profile.Width = 120;
        }

        return console;
    }

    private static Table Table(IReadOnlyList<SceneCheck> checks)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Scene", "Tag", "In the video", "Marker in Stash", "Off by", "");
        table.Columns[4].RightAligned();
        foreach (var check in checks)
        {
            if (table.Rows.Count > 0)
            {
                table.AddEmptyRow();
            }

            var title = Markup.Escape($"{check.Scene.Id}  {check.Scene.Video.Script.Title}");
            if (check.Markers.Count == 0)
            {
                table.AddRow(
                    new Markup(title),
                    new Text("-"),
                    new Text("cannot be decoded"),
                    new Text(check.IsGood ? "none, VLM_Errored" : "none"),
                    new Text(""),
                    Verdict(check.IsGood)
                );
            }

            foreach (var marker in check.Markers)
            {
                table.AddRow(
                    new Markup(title),
                    new Text(marker.Tag),
                    new Text(marker.Truth is { } span ? Span(span.Start.TotalSeconds, span.End.TotalSeconds) : "-"),
                    new Text(marker.Start is { } start ? Span(start, marker.End) : "-"),
                    new Text(marker.Deviation is { } deviation ? $"{deviation:0.0} s" : ""),
                    Verdict(marker.IsGood)
                );
                title = "";
            }
        }

        return table;
    }

    private static Markup Verdict(bool isGood) => new(isGood ? "[green]ok[/]" : "[red]differs[/]");

    private static string Span(double start, double? end) => end is null ? $"{start:0.0} s" : $"{start:0.0} - {end:0.0} s";
}

using HavenVlm.Core.Markers.Tuning;

namespace HavenVlm.Local.Commands;

/// <summary>Prints the result of <c>haven tune</c> as tables.</summary>
internal static class TuneOutcome
{
    private const int LongestName = 28;

    public static void Print(Terminal terminal, MarkerSettingsResult result)
    {
        terminal.Print(
            $"Scene {result.SceneId}, {result.Title}: {result.Tags.Sum(tag => tag.User.Count)} markers of yours, {result.Requests:0.#} requests"
        );
        terminal.Print("");
        List<string[]> rows =
        [
            ["tag", "yours", "markers", "precision", "recall", "F1", "mean IoU"],
        ];
        foreach (var tag in result.Tags)
        {
            rows.Add(Row(Short(tag.Name), $"{tag.User.Count}", tag.Before, tag.After));
        }

        rows.Add(
            Row(
                "all",
                $"{result.Tags.DistinctBy(tag => tag.Name, StringComparer.OrdinalIgnoreCase).Sum(tag => tag.User.Count)}",
                result.Before,
                result.After
            )
        );
        PrintTable(terminal, rows);
        foreach (var tag in result.Tags.Where(tag => tag.Note.Length > 0))
        {
            terminal.Print($"{tag.Name}: {tag.Note}");
        }

        foreach (var note in result.Notes)
        {
            terminal.Print(note);
        }

        foreach (var curve in result.Calibration)
        {
            PrintCurve(terminal, curve);
        }

        terminal.Print("");
        terminal.Print(result.Yaml.Length > 0 ? result.Yaml.TrimEnd('\n') : "The settings in force are the best for this scene.");
        terminal.Print("");
    }

    private static void PrintCurve(Terminal terminal, CalibrationCurve curve)
    {
        terminal.Print("");
        terminal.Print(
            FormattableString.Invariant(
                $"Confidence ({curve.Kind.ToString().ToLowerInvariant()}), {curve.Samples} answers: calibration error {curve.ExpectedError:0.000}, Brier score {curve.Brier:0.000}"
            )
        );
        List<string[]> rows =
        [
            ["claimed", "answers", "true", "95 %"],
        ];
        foreach (var bin in curve.Bins)
        {
            rows.Add([
                FormattableString.Invariant($"{bin.MeanConfidence:0.00}"),
                $"{bin.Count}",
                FormattableString.Invariant($"{bin.Observed:0.00}"),
                FormattableString.Invariant($"{bin.Low:0.00}-{bin.High:0.00}"),
            ]);
        }

        PrintTable(terminal, rows);
    }

    private static string[] Row(string name, string user, MarkerFit before, MarkerFit after) =>
        [
            name,
            user,
            Change($"{before.Markers}", $"{after.Markers}"),
            Change(Number(before.Precision), Number(after.Precision)),
            Change(Number(before.Recall), Number(after.Recall)),
            Change(Number(before.F1), Number(after.F1)),
            Change(Number(before.MeanIou), Number(after.MeanIou)),
        ];

    private static string Change(string before, string after) =>
        before.Equals(after, StringComparison.Ordinal) ? before : $"{before} -> {after}";

    private static string Number(double number) => FormattableString.Invariant($"{number:0.000}");

    private static string Short(string name) => name.Length <= LongestName ? name : name[..(LongestName - 1)] + "…";

    private static void PrintTable(Terminal terminal, List<string[]> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
        {
            terminal.Print(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}

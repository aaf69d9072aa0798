using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HavenVlm.Tests.Reliability;

/// <summary>
/// How long the tests of docs/dev/reliability.md run, and where their counts go. They run short by default, and long under `./haven soak --minutes N`,
/// which sets HAVEN_SOAK_MINUTES and runs every test in a namespace that ends with <c>.Reliability</c> or <c>.RandomUsers</c>, one after the other.
/// A test of a row asks <see cref="Share"/> once for its time, repeats its rounds until <see cref="Clock.IsOver"/> (at least one, and no more than it
/// needs), and calls <see cref="Report"/> once at its end:
/// <code>
/// var clock = Soak.Share(row: 3, inShort: TimeSpan.FromSeconds(5), part: 0.5);
/// do { await OneRoundAsync(); rounds++; } while (!clock.IsOver);
/// Soak.Report(row: 3, "model-faults", ("scenes ended", rounds), ("seconds", clock.Elapsed.TotalSeconds));
/// </code>
/// </summary>
internal static class Soak
{
    // Of a long run's time, by row: what a round costs and how much there is to try.
    private static readonly double[] Weights = [0, 0.30, 0.08, 0.16, 0.10, 0.06, 0.10, 0.08, 0.04, 0.08];

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Minutes of the whole long run; 0 = short form.</summary>
    public static double Minutes { get; } =
        double.TryParse(Environment.GetEnvironmentVariable("HAVEN_SOAK_MINUTES"), CultureInfo.InvariantCulture, out var minutes)
            ? Math.Max(0, minutes)
            : 0;

    /// <summary>Whether this is a long run.</summary>
    public static bool IsLong => Minutes > 0;

    /// <summary>Starts the time of a test; call it when the preparations are done.</summary>
    /// <param name="row">Row of the matrix, 1 to 9.</param>
    /// <param name="inShort">Time in the short form.</param>
    /// <param name="part">What share of the row's time this test gets, above 0 to 1; the tests of one row share it out.</param>
    public static Clock Share(int row, TimeSpan inShort, double part = 1) =>
        new(IsLong ? TimeSpan.FromMinutes(Minutes * Weights[row] * part) : inShort);

    /// <summary>Prints the counts as one line; a long run also writes them to artifacts/reliability (HAVEN_SOAK_REPORTS).</summary>
    /// <param name="row">Row of the matrix, 1 to 9.</param>
    /// <param name="test">What of the row it was, in a few letters and dashes; with the row it is the file's name.</param>
    /// <param name="counts">What was counted, in the order to be read.</param>
    public static void Report(int row, string test, params (string Name, double Value)[] counts)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{row}-{test}");
        var line = new StringBuilder(name.PadRight(28));
        line.AppendJoin(", ", counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Value:0.##}")));
        TestContext.Current.TestOutputHelper?.WriteLine(line.ToString());
        if (!IsLong)
        {
            return;
        }

        var folder = Environment.GetEnvironmentVariable("HAVEN_SOAK_REPORTS") ?? Path.Combine("artifacts", "reliability");
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, name + ".json"),
            JsonSerializer.Serialize(counts.ToDictionary(c => c.Name, c => Math.Round(c.Value, 3), StringComparer.Ordinal), Json)
        );
        File.WriteAllText(Path.Combine(folder, name + ".txt"), line.AppendLine().ToString());
    }

    /// <summary>The time of one test.</summary>
    internal sealed class Clock(TimeSpan length)
    {
        private readonly long _start = TimeProvider.System.GetTimestamp();

        /// <summary>Time given.</summary>
        public TimeSpan Length => length;

        /// <summary>Time gone.</summary>
        public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_start);

        /// <summary>Whether the time is up.</summary>
        public bool IsOver => Elapsed >= length;
    }
}

using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HavenVlm.Benchmarks;

/// <summary>Shows the rows to people and writes them for programs.</summary>
internal static class ResultTable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Print(IReadOnlyList<Row> rows)
    {
        var what = rows.Max(row => row.What.Length);
        var goal = rows.Max(row => row.Goal.Length);
        var measured = rows.Max(row => row.Measured.Length);
        Console.WriteLine();
        Console.WriteLine($"{"what".PadRight(what)}  {"goal".PadRight(goal)}  {"measured".PadRight(measured)}  result");
        foreach (var row in rows)
        {
            Console.WriteLine(
                $"{row.What.PadRight(what)}  {row.Goal.PadRight(goal)}  {row.Measured.PadRight(measured)}  {(row.Passed ? "pass" : "miss")}"
            );
        }

        Console.WriteLine();
        Console.WriteLine($"{rows.Count(row => row.Passed)} of {rows.Count} goals reached");
    }

    public static async Task WriteAsync(
        string path,
        BenchmarkOptions options,
        IEnumerable<string> parts,
        IReadOnlyList<Row> rows,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(
            file,
            new
            {
                at = TimeProvider.System.GetUtcNow(),
                cores = Environment.ProcessorCount,
                system = RuntimeInformation.OSDescription,
                runtime = RuntimeInformation.FrameworkDescription,
                full = options.IsFull,
                parts,
                rows,
            },
            Json,
            cancellationToken
        );
    }
}

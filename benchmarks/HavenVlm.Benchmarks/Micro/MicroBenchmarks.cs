using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace HavenVlm.Benchmarks.Micro;

/// <summary>What the inner parts cost by themselves; no goals, but a regression shows here first.</summary>
internal static class MicroBenchmarks
{
    private static readonly Type[] All = [typeof(ReplyParsing), typeof(MarkerBuilding), typeof(PublicationDiffing), typeof(JournalWriting)];

    /// <summary>Runs them; true = every one was measured.</summary>
    public static bool Run(BenchmarkOptions options)
    {
        var job = (options.IsFull ? Job.Default : Job.ShortRun).WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig
            .Create(DefaultConfig.Instance)
            .AddJob(job)
            .WithArtifactsPath(Path.Combine(Environment.CurrentDirectory, "artifacts", "micro"))
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile)
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(40));
        var summaries = BenchmarkRunner.Run(All, config);
        return summaries.All(summary =>
            !summary.HasCriticalValidationErrors && summary.Reports.Length > 0 && summary.Reports.All(report => report.Success)
        );
    }
}

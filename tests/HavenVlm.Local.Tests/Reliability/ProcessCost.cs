using System.Diagnostics;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>What a process has used so far.</summary>
/// <param name="Cpu">Processor time, that of its ended children not counted.</param>
/// <param name="PeakMemory">The most memory that it held at once, in bytes.</param>
internal readonly record struct ProcessCost(TimeSpan Cpu, long PeakMemory)
{
    /// <summary>Memory that a run over short videos may take, whatever the servers send.</summary>
    public const long MaxMemory = 600L << 20;

    public static ProcessCost Of(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return new ProcessCost(process.TotalProcessorTime, process.PeakWorkingSet64);
    }

    public override string ToString() => $"{Cpu.TotalSeconds:0.0} s CPU, {PeakMemory >> 20} MB at most";
}

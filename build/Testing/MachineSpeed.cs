using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace HavenVlm.Build.Testing;

/// <summary>How slow a core of this machine is at the moment, so that a limit of a second means the same work everywhere.</summary>
internal static class MachineSpeed
{
    private const int Steps = 20_000_000;
    private const int Tries = 3;

    // What the steps take on a core of a desktop of 2020 that has nothing else to do.
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(30);

    /// <summary>How many times longer than on a usual machine work takes here, at least 1.</summary>
    public static double Slowness() => Slowness(Enumerable.Range(0, Tries).Select(_ => Measure()).Max());

    /// <summary>The same for a given time of the work.</summary>
    public static double Slowness(TimeSpan taken) => Math.Max(1, taken / Usual);

    private static TimeSpan Measure()
    {
        var start = Stopwatch.GetTimestamp();
        GC.KeepAlive(Work());
        return Stopwatch.GetElapsedTime(start);
    }

    // Steps that wait for each other (xorshift), so that neither the width of the processor nor the compiler changes the measure.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static ulong Work()
    {
        var state = 88172645463325252UL;
        for (var step = 0; step < Steps; step++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
        }

        return state;
    }
}

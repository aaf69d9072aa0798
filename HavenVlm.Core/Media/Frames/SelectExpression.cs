using System.Globalization;

namespace HavenVlm.Core.Media.Frames;

/// <summary>
/// An expression for ffmpeg's <c>select</c> filter that lets the first picture at or after each of a list of times pass. Its variable 0 holds
/// the next of those times, variable 1 whether it has been set. Expressions have no lists and cannot be nested deeply, so the next time is
/// found by a balanced tree of comparisons.
/// </summary>
internal static class SelectExpression
{
    private const string Never = "1e12";

    /// <summary>The expression for ascending times in the container's clock.</summary>
    public static string FirstAtOrAfter(IReadOnlyList<TimeSpan> times) =>
        $"if(gte(t,if(ld(1),ld(0),{Number(times[0])})),st(1,1)*0+st(0,{NextAfter(times, 0, times.Count)})*0+1)";

    /// <summary>The expression for one picture in each step from a time on, in the container's clock.</summary>
    public static string FirstOfEach(TimeSpan step, TimeSpan from) =>
        $"if(gte(t,if(ld(1),ld(0),{Number(from)})),st(1,1)*0+st(0,{Number(from)}+{Number(step)}*(floor((t-{Number(from)})/{Number(step)})+1))*0+1)";

    // The first of times[from..to] that is later than t, else the one that follows them.
    private static string NextAfter(IReadOnlyList<TimeSpan> times, int from, int to)
    {
        if (from == to)
        {
            return to < times.Count ? Number(times[to]) : Never;
        }

        var middle = (from + to) / 2;
        return $"if(lt(t,{Number(times[middle])}),{NextAfter(times, from, middle)},{NextAfter(times, middle + 1, to)})";
    }

    private static string Number(TimeSpan time) => time.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture);
}

namespace HavenVlm.Core.Vlm.Pool.Limits;

/// <summary>Where a limit begins.</summary>
/// <param name="First">The first limit.</param>
/// <param name="Roof">The highest that measurements from before allow; more only step by step.</param>
internal sealed record LimitStart(int First, int Roof)
{
    /// <summary>A limit that was found before: at half, because the server may have become smaller.</summary>
    public static LimitStart Learned(int limit) => new(Math.Max(1, (limit + 1) / 2), Math.Max(1, limit));
}

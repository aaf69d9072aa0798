namespace HavenVlm.Core.Media.Contracts;

/// <summary>How a video says that its levels are meant, where that is not how pictures for screens of standard range are.</summary>
/// <param name="Transfer">ffmpeg's name of the transfer function.</param>
/// <param name="Primaries">ffmpeg's name of the primaries.</param>
/// <param name="Matrix">ffmpeg's name of the matrix.</param>
/// <param name="IsFullRange">Whether all levels are used.</param>
/// <param name="DolbyVisionProfile">Profile of Dolby Vision whose pictures are no others as well; 0 = none.</param>
public sealed record VideoColor(string Transfer, string Primaries, string Matrix, bool IsFullRange, int DolbyVisionProfile = 0)
{
    /// <summary>ffmpeg's name of the transfer function of HDR10 and most of Dolby Vision.</summary>
    public const string Pq = "smpte2084";

    /// <summary>ffmpeg's name of the transfer function of broadcasts and phones.</summary>
    public const string Hlg = "arib-std-b67";

    /// <summary>ffmpeg's name of the wide primaries that HDR comes with.</summary>
    public const string WidePrimaries = "bt2020";

    /// <summary>Whether there are levels above white.</summary>
    internal bool IsHdr => Transfer is Pq or Hlg;
}

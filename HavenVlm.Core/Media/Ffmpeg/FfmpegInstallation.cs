namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>The ffmpeg and ffprobe that are used.</summary>
/// <param name="Ffmpeg">Full path of ffmpeg.</param>
/// <param name="Ffprobe">Full path of ffprobe.</param>
/// <param name="Version">Version as ffmpeg says it, such as <c>5.1.9-0+deb12u1</c>.</param>
/// <param name="MajorVersion">The number before the first point; 0 = a build between releases.</param>
public sealed record FfmpegInstallation(string Ffmpeg, string Ffprobe, string Version, int MajorVersion)
{
    /// <summary>What is taken from them before they start.</summary>
    internal FfmpegConfinement Confinement { get; init; } = FfmpegConfinement.None;
}

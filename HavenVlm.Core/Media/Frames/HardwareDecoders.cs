using System.Collections.Concurrent;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Frames;

/// <summary>
/// Which hardware decoder is used for a codec. <c>auto</c> means one only where a graphics device is there, and only until it has once failed to
/// deliver a picture that software could.
/// </summary>
internal sealed class HardwareDecoders
{
    private readonly ConcurrentDictionary<(string Hwaccel, string Codec), bool> _broken = new();

    /// <summary>ffmpeg's name of the decoder to try, or null for software.</summary>
    /// <param name="setting"><c>video.hwaccel</c>.</param>
    /// <param name="facts">The video.</param>
    /// <param name="skip">What the decoder leaves out: copying every picture back from the device costs more than decoding a few in software.</param>
    public string? Choose(string setting, VideoFacts facts, DecodeSkip skip)
    {
        if (
            string.Equals(setting, "none", StringComparison.OrdinalIgnoreCase)
            || setting.Length == 0
            || _broken.ContainsKey((setting, facts.Codec))
        )
        {
            return null;
        }

        if (!string.Equals(setting, "auto", StringComparison.OrdinalIgnoreCase))
        {
            return setting;
        }

        return skip != DecodeSkip.NonKey && HasDevice() ? "auto" : null;
    }

    /// <summary>Never tries this decoder for this codec again.</summary>
    public void ReportBroken(string setting, VideoFacts facts) => _broken[(setting, facts.Codec)] = true;

    private static bool HasDevice() =>
        OperatingSystem.IsLinux()
            ? File.Exists("/dev/dri/renderD128") || File.Exists("/dev/nvidia0")
            : OperatingSystem.IsMacOS() || OperatingSystem.IsWindows();
}

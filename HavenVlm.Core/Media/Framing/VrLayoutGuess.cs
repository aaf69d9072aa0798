using System.Text.RegularExpressions;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Framing;

/// <summary>
/// How a VR scene is laid out, after the conventions of players: <c>_180</c>, <c>_LR</c>, <c>_SBS</c>, <c>_TB</c>, <c>_OU</c>, <c>_360</c> and
/// the like between separators in the file name, and the shape of the picture.
/// </summary>
internal static partial class VrLayoutGuess
{
    private const double Wide = 1.9;
    private const double Tall = 1.1;
    private const double VeryWide = 2.5;

    public static VrLayout From(VrMode mode, VrHints hints, VideoFacts facts) =>
        mode switch
        {
            VrMode.Sbs => VrLayout.SideBySide,
            VrMode.Tb => VrLayout.TopBottom,
            VrMode.Mono => VrLayout.Mono,
            VrMode.Off => VrLayout.Flat,
            _ => Guess(hints, facts.Height > 0 ? (double)facts.Width / facts.Height : 0),
        };

    /// <summary>What people should know about a layout that was guessed; null = nothing was assumed.</summary>
    public static string? NoteOf(VrMode mode, VrHints hints, VrLayout layout) =>
        mode == VrMode.Auto && layout != VrLayout.Flat && !hints.HasVrTag
            ? $"assumed to be VR ({Words(layout)}) from the file name; if it is not, set video.vr to off"
            : null;

    private static string Words(VrLayout layout) =>
        layout switch
        {
            VrLayout.SideBySide => "side by side",
            VrLayout.TopBottom => "top and bottom",
            _ => "one picture",
        };

    private static VrLayout Guess(VrHints hints, double aspect)
    {
        var words = WordsOf(Path.GetFileNameWithoutExtension(hints.FileName));
        var sideBySide = words.Overlaps(["LR", "SBS", "3DH", "HSBS", "FSBS", "LEFTRIGHT"]);
        var topBottom = words.Overlaps(["TB", "OU", "3DV", "HOU", "BT", "OVERUNDER", "TOPBOTTOM"]);
        var mono = words.Overlaps(["MONO", "2D"]);
        var named = words.Overlaps([
            "180",
            "360",
            "VR",
            "VR180",
            "VR360",
            "180X180",
            "MKX200",
            "MKX220",
            "FISHEYE",
            "FISHEYE190",
            "RF52",
            "VRCA220",
            "OCULUS",
        ]);
        // A flat film in stereo is no VR, and a number in a name proves little: two signs are wanted, the shape being one.
        var vr = hints.HasVrTag || (named && (sideBySide || topBottom || mono || IsVrShape(aspect)));
        if (!vr)
        {
            return VrLayout.Flat;
        }

        return mono ? VrLayout.Mono
            : topBottom ? VrLayout.TopBottom
            : sideBySide ? VrLayout.SideBySide
            : aspect < Tall ? VrLayout.TopBottom
            : words.Contains("360") && aspect < VeryWide ? VrLayout.Mono
            : aspect >= Wide || !IsVrShape(aspect) ? VrLayout.SideBySide
            : VrLayout.Mono;
    }

    // In "REBD-360" the number counts releases of a studio, unless the studio's letters end with VR.
    private static HashSet<string> WordsOf(string name) =>
        WordPattern()
            .Matches(CodePattern().Replace(name, "").ToUpperInvariant())
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal);

    private static bool IsVrShape(double aspect) => aspect is >= Wide and <= 2.1 or >= 0.95 and <= Tall or >= 3.8 and <= 4.2;

    [GeneratedRegex("[A-Z0-9]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WordPattern();

    // Letters, a hyphen and the number; at the beginning of a name capitals with any separator. Words of VR are no such letters.
    [GeneratedRegex(
        "(?<![A-Za-z0-9])(?![0-9]{0,4}(?i:lr|rl|sbs|tb|ou|bt|mono|fov|hsbs|fsbs|hou|vr|[a-z]{1,4}vr)-)[0-9]{0,4}[A-Za-z]{2,6}-(180|360)(?![A-Za-z0-9])"
            + "|^(?!LR|RL|SBS|TB|OU|BT|MONO|FOV|HSBS|FSBS|HOU|[A-Z]{0,4}VR[_ ])[A-Z]{2,6}[_ ](180|360)(?![A-Za-z0-9])",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex CodePattern();
}

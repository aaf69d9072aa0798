using System.Diagnostics;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Tests.Media;

/// <summary>
/// Makes small videos whose pictures tell their own number: 8 x 2 blocks, each a bit, so that a test can compare what a frame shows with the
/// time that it claims.
/// </summary>
internal static class SampleVideo
{
    public const int Width = 160;
    public const int Height = 96;

    /// <summary>The filter that draws the numbers, for ffmpeg's lavfi input.</summary>
    public static string Numbers(double seconds, int rate = 25) =>
        FormattableString.Invariant(
            $"color=black:s=8x2:r={rate}:d={seconds},format=gray,geq=lum='if(mod(floor(N/pow(2,X+8*Y)),2),210,45)',scale={Width}:{Height}:flags=neighbor,setsar=1,format=yuv420p"
        );

    /// <summary>The number that a frame shows.</summary>
    public static int NumberIn(FrameSignature signature)
    {
        const int Side = FrameSignature.Side;
        var number = 0;
        for (var bit = 0; bit < 16; bit++)
        {
            var x = (bit % 8 * Side / 8) + 2;
            var y = (bit / 8 * Side / 2) + (Side / 4);
            number |= signature.Pixels.Span[(y * Side) + x] > 128 ? 1 << bit : 0;
        }

        return number;
    }

    /// <summary>Runs ffmpeg.</summary>
    public static async Task MakeAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("ffmpeg")
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])["-hide_banner", "-loglevel", "error", "-nostdin", "-y", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
    }
}

using System.Globalization;

namespace HavenVlm.Core.Media.Probing;

/// <summary>How a player turns a stored picture: mirrored left to right first, where it is mirrored, then turned clockwise.</summary>
/// <param name="Rotation">0, 90, 180 or 270.</param>
/// <param name="IsMirrored">Whether it is mirrored.</param>
internal readonly record struct DisplayMatrix(int Rotation, bool IsMirrored)
{
    /// <summary>
    /// From the nine numbers as ffprobe prints them: a line for each row, each line with an address before a colon. Null = these are no such
    /// numbers, or they turn the picture out of sight.
    /// </summary>
    public static DisplayMatrix? Parse(string? text)
    {
        var rows = (text ?? "")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Numbers(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]))
            .ToList();
        if (rows is not [[var a, var b, _], [var c, var d, _], ..])
        {
            return null;
        }

        // A negative determinant mirrors. What is left after mirroring left to right is a turn alone.
        var determinant = (a * d) - (b * c);
        return determinant == 0 ? null
            : determinant < 0 ? new DisplayMatrix(Quarter(-a, -b), IsMirrored: true)
            : new DisplayMatrix(Quarter(a, b), IsMirrored: false);
    }

    /// <summary>The nearest multiple of 90, from 0 to 270.</summary>
    public static int Quarter(double degrees) => (((int)Math.Round(degrees / 90) % 4) + 4) % 4 * 90;

    private static int Quarter(double cosine, double sine) => Quarter(double.RadiansToDegrees(Math.Atan2(sine, cosine)));

    private static double[] Numbers(string line) =>
        [
            .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(number =>
                    double.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0
                ),
        ];
}

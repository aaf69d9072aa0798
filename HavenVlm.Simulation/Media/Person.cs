namespace HavenVlm.Simulation.Media;

/// <summary>A figure's posture. Angles in radians from hanging straight down; positive swings to the right.</summary>
internal sealed record Posture
{
    public double LeftArm { get; init; } = -0.35;

    public double RightArm { get; init; } = 0.35;

    public double LeftLeg { get; init; } = -0.22;

    public double RightLeg { get; init; } = 0.22;

    /// <summary>Tilt of the whole figure around its feet.</summary>
    public double Tilt { get; init; }
}

/// <summary>Draws one figure: a head, a body, arms and legs, all in one color.</summary>
/// <param name="canvas">Where to draw.</param>
/// <param name="feet">The point between the feet.</param>
/// <param name="size">Height of the figure in pixels.</param>
/// <param name="tilt">Tilt of the whole figure around its feet, in radians.</param>
internal readonly struct Person(Canvas canvas, Point feet, double size, double tilt)
{
    private const double Hip = 0.40,
        Shoulder = 0.70,
        Head = 0.86,
        HeadRadius = 0.125,
        BodyRadius = 0.105,
        LimbRadius = 0.05,
        ArmLength = 0.34,
        LegLength = 0.36;

    /// <summary>Draws a figure and returns it, for what it holds.</summary>
    public static Person Draw(Canvas canvas, Point feet, double size, Rgb color, Posture posture)
    {
        var person = new Person(canvas, feet, size, posture.Tilt);
        person.DrawBody(color, posture);
        return person;
    }

    /// <summary>A point of the figure: so far to the right of its middle and so far above its feet, in figure heights.</summary>
    public Point At(double right, double up)
    {
        var (sin, cos) = Math.SinCos(tilt);
        return new Point(feet.X + (size * ((right * cos) + (up * sin))), feet.Y - (size * ((up * cos) - (right * sin))));
    }

    /// <summary>The end of an arm at that angle.</summary>
    public Point Hand(double angle) => At(Math.Sin(angle) * ArmLength, Shoulder - 0.03 - (Math.Cos(angle) * ArmLength));

    private void DrawBody(Rgb color, Posture posture)
    {
        Limb(At(-0.04, Hip), At(-0.04 + (Math.Sin(posture.LeftLeg) * LegLength), Hip - (Math.Cos(posture.LeftLeg) * LegLength)), color);
        Limb(At(0.04, Hip), At(0.04 + (Math.Sin(posture.RightLeg) * LegLength), Hip - (Math.Cos(posture.RightLeg) * LegLength)), color);
        canvas.DrawLine(At(0, Hip + 0.02), At(0, Shoulder - 0.06), BodyRadius * size, color);
        Limb(At(0, Shoulder - 0.03), Hand(posture.LeftArm), color);
        Limb(At(0, Shoulder - 0.03), Hand(posture.RightArm), color);
        canvas.FillCircle(At(0, Head), HeadRadius * size, color);
        var eye = new Rgb(40, 40, 44);
        canvas.FillCircle(At(-0.04, Head + 0.02), 0.014 * size, eye);
        canvas.FillCircle(At(0.04, Head + 0.02), 0.014 * size, eye);
    }

    private void Limb(Point from, Point to, Rgb color) => canvas.DrawLine(from, to, LimbRadius * size, color);
}

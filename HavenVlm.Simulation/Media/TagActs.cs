namespace HavenVlm.Simulation.Media;

/// <summary>How each tag is acted out: one or two figures in the tag's color, moving with the time.</summary>
internal static class TagActs
{
    private static readonly Rgb Prop = new(70, 70, 74),
        Paper = new(244, 242, 236);

    /// <summary>Draws a tag's figures.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="tag">A tag of the legend.</param>
    /// <param name="feet">The middle of the figures on the ground.</param>
    /// <param name="size">Height of a figure in pixels.</param>
    /// <param name="seconds">Time of the frame.</param>
    public static void Draw(Canvas canvas, string tag, Point feet, double size, double seconds)
    {
        var color = TagLegend.ColorOf(tag);
        var beat = Math.Sin(seconds * Math.PI * 2 * 0.8);
        var half = size * 0.16;
        Point left = feet with { X = feet.X - half },
            right = feet with { X = feet.X + half };
        Person Figure(Point at, Posture posture) => Person.Draw(canvas, at, size, color, posture);
        switch (tag)
        {
            case "Kissing":
                Figure(left, new Posture { Tilt = 0.06, RightArm = 0.9 });
                Figure(right, new Posture { Tilt = -0.06, LeftArm = -0.9 });
                Heart(canvas, feet with { Y = feet.Y - (size * (1.1 + (0.03 * beat))) }, size * 0.06, color);
                break;
            case "Hugging":
                Figure(left with { X = left.X + (half * 0.2) }, new Posture { RightArm = 1.5 + (0.1 * beat), LeftArm = 0.9 });
                Figure(right with { X = right.X - (half * 0.2) }, new Posture { LeftArm = -1.5 - (0.1 * beat), RightArm = -0.9 });
                break;
            case "Waving":
                Figure(feet, new Posture { RightArm = 2.5 + (0.35 * beat) });
                break;
            case "Dancing":
                Figure(
                    feet,
                    new Posture
                    {
                        LeftArm = -1.7 + beat,
                        RightArm = 1.7 + beat,
                        LeftLeg = -0.3 + (0.2 * beat),
                        Tilt = 0.12 * beat,
                    }
                );
                break;
            case "Clapping":
                Figure(feet, new Posture { LeftArm = -0.9 + (0.8 * beat), RightArm = 0.9 - (0.8 * beat) });
                break;
            case "Jumping":
                Figure(
                    feet with
                    {
                        Y = feet.Y - (size * 0.14 * Math.Abs(beat)),
                    },
                    new Posture
                    {
                        LeftArm = -2.4,
                        RightArm = 2.4,
                        LeftLeg = -0.5,
                        RightLeg = 0.5,
                    }
                );
                break;
            case "Reading":
                var reader = Figure(feet, new Posture { LeftArm = 0.7, RightArm = 1.2 });
                canvas.DrawLine(reader.At(0.28, 0.56), reader.At(0.38, 0.68 + (0.01 * beat)), size * 0.035, Paper);
                break;
            case "Cooking":
                var cook = Figure(feet, new Posture { LeftArm = -0.4, RightArm = 0.9 + (0.3 * beat) });
                canvas.DrawLine(cook.At(0.27, 0.18), cook.At(0.45, 0.18), size * 0.09, Prop);
                break;
            case "Singing":
                var singer = Figure(feet, new Posture { LeftArm = -1.2 + (0.3 * beat), RightArm = 2.2 });
                canvas.FillCircle(singer.At(0.24, 0.88), size * 0.04, Prop);
                break;
            case "Running":
                Figure(
                    feet with
                    {
                        X = feet.X + (size * 0.12 * Math.Sin(seconds)),
                    },
                    new Posture
                    {
                        LeftArm = beat,
                        RightArm = -beat,
                        LeftLeg = -0.7 * beat,
                        RightLeg = 0.7 * beat,
                        Tilt = 0.15,
                    }
                );
                break;
            case "Sleeping":
                Figure(
                    feet with
                    {
                        X = feet.X - (size * 0.45),
                        Y = feet.Y - (size * (0.1 + (0.005 * beat))),
                    },
                    new Posture
                    {
                        Tilt = Math.PI / 2,
                        LeftArm = -0.1,
                        RightArm = 0.1,
                        LeftLeg = -0.1,
                        RightLeg = 0.1,
                    }
                );
                break;
            default:
                var painter = Figure(feet, new Posture { RightArm = 1.7 + (0.25 * beat) });
                canvas.DrawLine(painter.At(0.45, 0.5), painter.At(0.45, 0.78), size * 0.06, Paper);
                canvas.DrawLine(painter.At(0.45, 0.0), painter.At(0.45, 0.42), size * 0.012, Prop);
                break;
        }
    }

    private static void Heart(Canvas canvas, Point at, double size, Rgb color)
    {
        canvas.FillCircle(at with { X = at.X - (size * 0.5) }, size * 0.6, color);
        canvas.FillCircle(at with { X = at.X + (size * 0.5) }, size * 0.6, color);
        canvas.DrawLine(at, at with { Y = at.Y + size }, size * 0.3, color);
    }
}

namespace HavenVlm.Simulation.Media;

/// <summary>A picture of 8-bit RGB pixels, row by row, to draw on; edges are smoothed.</summary>
internal sealed class Canvas(int width, int height)
{
    /// <summary>Width in pixels.</summary>
    public int Width { get; } = width;

    /// <summary>Height in pixels.</summary>
    public int Height { get; } = height;

    /// <summary>Three bytes per pixel.</summary>
    public byte[] Pixels { get; } = new byte[width * height * 3];

    /// <summary>Copies a picture of the same size.</summary>
    public void CopyFrom(Canvas other) => other.Pixels.CopyTo(Pixels, 0);

    /// <summary>Fills a rectangle; what lies outside is left out.</summary>
    public void FillRectangle(double left, double top, double right, double bottom, Rgb color)
    {
        int x0 = Math.Clamp((int)Math.Round(left), 0, Width),
            x1 = Math.Clamp((int)Math.Round(right), 0, Width),
            y0 = Math.Clamp((int)Math.Round(top), 0, Height),
            y1 = Math.Clamp((int)Math.Round(bottom), 0, Height);
        for (var y = y0; y < y1; y++)
        {
            for (var x = x0; x < x1; x++)
            {
                Set(x, y, color);
            }
        }
    }

    public void FillCircle(Point center, double radius, Rgb color) => DrawLine(center, center, radius, color);

    /// <summary>Draws a line with round ends: every point nearer to it than the radius.</summary>
    public void DrawLine(Point from, Point to, double radius, Rgb color)
    {
        int x0 = Math.Max((int)(Math.Min(from.X, to.X) - radius - 1), 0),
            x1 = Math.Min((int)(Math.Max(from.X, to.X) + radius + 2), Width),
            y0 = Math.Max((int)(Math.Min(from.Y, to.Y) - radius - 1), 0),
            y1 = Math.Min((int)(Math.Max(from.Y, to.Y) + radius + 2), Height);
        double dx = to.X - from.X,
            dy = to.Y - from.Y,
            lengthSquared = (dx * dx) + (dy * dy);
        for (var y = y0; y < y1; y++)
        {
            for (var x = x0; x < x1; x++)
            {
                double px = x + 0.5 - from.X,
                    py = y + 0.5 - from.Y,
                    along = lengthSquared > 0 ? Math.Clamp(((px * dx) + (py * dy)) / lengthSquared, 0, 1) : 0,
                    ox = px - (along * dx),
                    oy = py - (along * dy),
                    cover = radius + 0.5 - Math.Sqrt((ox * ox) + (oy * oy));
                if (cover >= 1)
                {
                    Set(x, y, color);
                }
                else if (cover > 0)
                {
                    Set(x, y, Get(x, y).Toward(color, cover));
                }
            }
        }
    }

    private Rgb Get(int x, int y)
    {
        var i = ((y * Width) + x) * 3;
        return new Rgb(Pixels[i], Pixels[i + 1], Pixels[i + 2]);
    }

    private void Set(int x, int y, Rgb color)
    {
        var i = ((y * Width) + x) * 3;
        Pixels[i] = color.R;
        Pixels[i + 1] = color.G;
        Pixels[i + 2] = color.B;
    }
}

/// <summary>A place in a picture, in pixels from its upper left corner.</summary>
internal readonly record struct Point(double X, double Y);

namespace HavenVlm.Simulation.Media;

/// <summary>A color of the sample videos.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>The color between two others; 0 = this one, 1 = the other.</summary>
    public Rgb Toward(Rgb other, double share) => new(Mix(R, other.R, share), Mix(G, other.G, share), Mix(B, other.B, share));

    private static byte Mix(byte from, byte to, double share) => (byte)Math.Clamp(Math.Round(from + ((to - from) * share)), 0, 255);
}

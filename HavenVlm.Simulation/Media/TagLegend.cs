namespace HavenVlm.Simulation.Media;

/// <summary>
/// The tags that the sample videos can show and how each looks: figures in one color that nothing else in the picture has.
/// Colors survive scaling, cropping and compression, so the simulated model recognizes tags by them.
/// </summary>
public static class TagLegend
{
    private static readonly (string Tag, Rgb Color, string Description)[] Entries =
    [
        ("Kissing", new Rgb(222, 40, 52), "two people whose lips touch"),
        ("Hugging", new Rgb(242, 138, 24), "arms around another person"),
        ("Waving", new Rgb(240, 220, 44), "a raised hand that moves from side to side"),
        ("Dancing", new Rgb(48, 198, 72), "moving to music with the whole body"),
        ("Clapping", new Rgb(40, 200, 214), "hands that strike each other"),
        ("Jumping", new Rgb(46, 92, 236), "both feet off the ground"),
        ("Reading", new Rgb(130, 60, 220), "eyes on an open book"),
        ("Cooking", new Rgb(132, 72, 12), "stirring a pot"),
        ("Singing", new Rgb(10, 104, 42), "a microphone before an open mouth"),
        ("Running", new Rgb(122, 12, 28), "fast steps with swinging arms"),
        ("Sleeping", new Rgb(22, 32, 116), "lying down without moving"),
        ("Painting", new Rgb(4, 104, 106), "a brush on a canvas"),
    ];

    /// <summary>Every tag that can be shown, in a fixed order.</summary>
    public static IReadOnlyList<string> Tags { get; } = [.. Entries.Select(e => e.Tag)];

    /// <summary>What a tag means, in words for a prompt; empty for a tag that is not in the legend.</summary>
    public static string DescriptionOf(string tag) => Find(tag)?.Description ?? "";

    /// <summary>Color of the time stamp's end pieces; no tag and no backdrop has it.</summary>
    internal static Rgb Anchor { get; } = new(236, 30, 204);

    /// <summary>A tag's color.</summary>
    internal static Rgb ColorOf(string tag) =>
        Find(tag)?.Color ?? throw new ArgumentException($"The sample videos cannot show '{tag}'.", nameof(tag));

    private static (string Tag, Rgb Color, string Description)? Find(string tag)
    {
        foreach (var entry in Entries)
        {
            if (entry.Tag.Equals(tag, StringComparison.OrdinalIgnoreCase))
            {
                return entry;
            }
        }

        return null;
    }
}

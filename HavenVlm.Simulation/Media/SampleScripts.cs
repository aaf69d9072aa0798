namespace HavenVlm.Simulation.Media;

/// <summary>
/// The sample videos. Tags begin and end more than half a second away from the even seconds, so that looking every two seconds finds each end within one interval
/// even where a look may lie half a second beside its time.
/// </summary>
public static class SampleScripts
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SampleScript> All { get; } =
    [
        new()
        {
            Name = "park",
            Number = 1,
            Title = "An afternoon in the park",
            Width = 640,
            Height = 360,
            FrameRate = 20,
            Duration = Seconds(48),
            Cuts = [Seconds(17), Seconds(33)],
            Events = Events(
                ("Waving", 2.7, 13.2),
                ("Hugging", 8.8, 16.7),
                ("Dancing", 19.1, 33),
                ("Clapping", 25.4, 30.8),
                ("Kissing", 34.6, 45.3),
                ("Waving", 41, 46.6)
            ),
        },
        new()
        {
            Name = "kitchen",
            Number = 2,
            Title = "Two cooks, one pot (WebM)",
            Format = SampleFormat.Vp9WebM,
            Duration = Seconds(40),
            KeyframeInterval = Seconds(5),
            Cuts = [Seconds(15), Seconds(27)],
            Events = Events(("Cooking", 0.8, 15), ("Singing", 7.2, 22.7), ("Hugging", 28.6, 37.4)),
        },
        new()
        {
            Name = "letterbox",
            Number = 3,
            Title = "The old film with black bars",
            Format = SampleFormat.H264Mkv,
            BarHeight = 30,
            Duration = Seconds(36),
            Cuts = [Seconds(13)],
            Events = Events(("Reading", 3.2, 13), ("Waving", 14.9, 26.6), ("Kissing", 20.7, 31.1)),
        },
        new()
        {
            Name = "phone",
            Number = 4,
            Title = "Held upright: a phone video",
            Width = 180,
            Height = 320,
            Rotation = 90,
            Duration = Seconds(30),
            KeyframeInterval = Seconds(1),
            Events = Events(("Jumping", 2.6, 10.9), ("Clapping", 9.3, 21.4), ("Running", 22.8, 28.7)),
        },
        new()
        {
            Name = "long-gop",
            Number = 5,
            Title = "One keyframe for a whole minute",
            Duration = Seconds(60),
            KeyframeInterval = Seconds(60),
            Cuts = [Seconds(21), Seconds(43)],
            Events = Events(("Dancing", 4.9, 21), ("Painting", 17.3, 36.7), ("Dancing", 45.2, 56.9)),
        },
        new()
        {
            Name = "short-events",
            Number = 6,
            Title = "A few short moments",
            Duration = Seconds(48),
            // A montage: every moment is a shot of its own.
            Cuts = [.. new[] { 7, 10.8, 15, 19.2, 23, 26.6, 31, 34.9, 39, 43.1 }.Select(Seconds)],
            Events = Events(
                ("Kissing", 7, 10.8),
                ("Waving", 15, 19.2),
                ("Jumping", 23, 26.6),
                ("Kissing", 31, 34.9),
                ("Hugging", 39, 43.1)
            ),
        },
        new()
        {
            Name = "slideshow",
            Number = 7,
            Title = "Holiday pictures, mostly still",
            Duration = Seconds(44),
            KeyframeInterval = Seconds(4),
            Cuts = [Seconds(11), Seconds(25), Seconds(37)],
            Stills = [SampleSpan.OfSeconds(11, 25), SampleSpan.OfSeconds(25, 37)],
            Events = Events(("Reading", 3.3, 11), ("Sleeping", 11, 25), ("Hugging", 11, 25), ("Painting", 37, 42.8)),
        },
        new()
        {
            Name = "broken",
            Number = 8,
            Title = "The copy that broke off",
            Format = SampleFormat.Broken,
            Duration = Seconds(12),
            Events = Events(("Waving", 3, 9)),
        },
    ];

    /// <summary>One of them by name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static SampleScript Find(string name) =>
        All.FirstOrDefault(s => s.Name.Equals(name, StringComparison.Ordinal))
        ?? throw new ArgumentException(
            $"There is no sample video '{name}'; there are {string.Join(", ", All.Select(s => s.Name))}.",
            nameof(name)
        );

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static SampleEvent[] Events(params (string Tag, double Start, double End)[] events) =>
        [.. events.Select(e => new SampleEvent(e.Tag, SampleSpan.OfSeconds(e.Start, e.End)))];
}

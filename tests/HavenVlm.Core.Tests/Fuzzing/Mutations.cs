using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Fuzzing;

/// <summary>Good input made bad. The number of an input is all it takes to make it again.</summary>
internal static class Mutations
{
    /// <summary>How many times more inputs the release tier tries.</summary>
    public const int ReleaseFactor = 20;

    /// <summary>How many inputs of each kind a test tries; <c>HAVEN_FUZZ_INPUTS</c> asks for more.</summary>
    public static int Count(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("HAVEN_FUZZ_INPUTS"), out var wanted) ? Math.Max(usual, wanted / 100)
        : ReleaseTier.Runs ? usual * ReleaseFactor
        : usual;

    /// <summary>A text with a few places cut, doubled, overwritten or filled with what means something there.</summary>
    public static string Of(string good, IReadOnlyList<string> telling, Random random)
    {
        var text = good;
        for (var i = random.Next(1, 6); i > 0 && text.Length > 0; i--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(40), text.Length - at);
            text = random.Next(6) switch
            {
                0 => text[..at],
                1 => text.Remove(at, length),
                2 => text.Insert(at, text.Substring(at, length)),
                3 => text.Remove(at, length).Insert(at, ((char)random.Next(0x10000)).ToString()),
                4 => text.Remove(at, length).Insert(at, new string(telling[random.Next(telling.Count)][0], random.Next(1, 300))),
                _ => text.Insert(at, telling[random.Next(telling.Count)]),
            };
        }

        return text;
    }
}

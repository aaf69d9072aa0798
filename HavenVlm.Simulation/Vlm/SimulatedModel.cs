using HavenVlm.Simulation.Vlm.Replies;
using HavenVlm.Simulation.Vlm.Vision;

namespace HavenVlm.Simulation.Vlm;

/// <summary>The model behind the server: decodes the pictures, recognizes what is in them, and answers only with tags asked for.</summary>
internal sealed class SimulatedModel(FaultDice dice)
{
    /// <summary>What the model found.</summary>
    public sealed record Findings(IReadOnlyList<SeenPicture> Pictures, IReadOnlyList<Observation> Observations);

    /// <summary>Looks at every picture of a request.</summary>
    /// <exception cref="ChatRequestException">A picture cannot be decoded.</exception>
    public Findings Look(ChatRequest request, IReadOnlyList<string> asked, VlmBehavior behavior, bool wrongly)
    {
        List<SeenPicture> pictures = [];
        List<Observation> observations = [];
        foreach (var jpeg in request.Pictures)
        {
            var content = Read(jpeg);
            var observation = Observe(content, asked, behavior, request.Text);
            observation = wrongly ? Mistake(observation, asked) : observation;
            observations.Add(observation);
            pictures.Add(new SeenPicture(content.Stamp, content.Width, content.Height, [.. observation.Tags.Select(t => t.Name)]));
        }

        return new Findings(pictures, observations);
    }

    private static PictureContent Read(byte[] jpeg)
    {
        try
        {
            return PictureReader.Read(jpeg);
        }
        catch (InvalidDataException e)
        {
            throw new ChatRequestException(400, "invalid_image", $"a picture could not be decoded: {e.Message}");
        }
    }

    private static Observation Observe(PictureContent content, IReadOnlyList<string> asked, VlmBehavior behavior, string prompt)
    {
        if (!behavior.Sees)
        {
            return new Observation([.. asked.Take(1).Select(name => new SeenTag(name, 0.9))]);
        }

        List<SeenTag> seen = [];
        foreach (var name in asked)
        {
            if (content.Color is { } color && name.Contains(color, StringComparison.OrdinalIgnoreCase))
            {
                seen.Add(new SeenTag(name, 0.99));
            }

            if (TagNames.LegendTag(name, behavior, prompt) is { } tag && content.Tags.TryGetValue(tag, out var share))
            {
                // The larger a figure, the surer the model.
                seen.Add(new SeenTag(name, Math.Round(0.8 + (0.19 * Math.Min(1, share / 0.06)), 2)));
            }
        }

        return new Observation([.. seen.OrderByDescending(t => t.Confidence)]);
    }

    // Overlooks one tag, or makes one up.
    private Observation Mistake(Observation truth, IReadOnlyList<string> asked)
    {
        string[] absent = [.. asked.Where(name => truth.Tags.All(t => !t.Name.Equals(name, StringComparison.Ordinal)))];
        if (truth.Tags.Count > 0 && (absent.Length == 0 || dice.Next(2) == 0))
        {
            var overlooked = dice.Next(truth.Tags.Count);
            return new Observation([.. truth.Tags.Where((_, i) => i != overlooked)]);
        }

        return absent.Length == 0 ? truth : new Observation([.. truth.Tags, new SeenTag(absent[dice.Next(absent.Length)], 0.9)]);
    }
}

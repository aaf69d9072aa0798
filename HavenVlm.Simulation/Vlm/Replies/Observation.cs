namespace HavenVlm.Simulation.Vlm.Replies;

/// <summary>What the simulated model has to say about one picture: the tags asked for that it sees, surest first.</summary>
/// <param name="Tags">Names as they were asked for, with confidence.</param>
internal sealed record Observation(IReadOnlyList<SeenTag> Tags)
{
    /// <summary>A sentence about the picture that names no tag.</summary>
    public string Description =>
        Tags.Count switch
        {
            0 => "An empty landscape with a few clouds",
            1 => "One kind of thing is going on under the clouds",
            _ => "Several things are going on under the clouds",
        };
}

/// <summary>A tag that is visible.</summary>
/// <param name="Name">The name as it was asked for.</param>
/// <param name="Confidence">How sure the model is, 0 to 1.</param>
internal sealed record SeenTag(string Name, double Confidence);

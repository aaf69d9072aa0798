namespace HavenVlm.Core.Diagnosis.SetUp;

/// <summary>What became of visiting Stash.</summary>
public enum StashAnswer
{
    /// <summary>Nothing answers there.</summary>
    Unreachable,

    /// <summary>Something answers that is not Stash.</summary>
    NotStash,

    /// <summary>It wants a key.</summary>
    KeyMissing,

    /// <summary>It refuses the key.</summary>
    KeyRefused,

    /// <summary>It answers.</summary>
    Good,
}

/// <summary>What a probe of a Stash address found.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Answer">What became of it.</param>
/// <param name="Message">The version and the size of the library, or what is wrong and what to do; free of secrets.</param>
/// <param name="IsOpen">Whether it answers strangers, without any key.</param>
public sealed record StashProbeResult(string Url, StashAnswer Answer, string Message, bool IsOpen);

/// <summary>A tag of the user's library that the model may be asked for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What Stash says that it means; may be empty.</param>
/// <param name="Scenes">How many scenes carry it.</param>
public sealed record TagSuggestion(string Name, string Description, int Scenes);

/// <summary>What was found out about the way to the media.</summary>
/// <param name="Message">In words.</param>
/// <param name="Mapping">The mapping that opens files here; null = none is needed or none was found.</param>
public sealed record MediaSurvey(string Message, Configuration.PathMapping? Mapping);

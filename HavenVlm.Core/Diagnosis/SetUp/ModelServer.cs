namespace HavenVlm.Core.Diagnosis.SetUp;

/// <summary>What became of looking for a model server at an address.</summary>
public enum ModelServerAnswer
{
    /// <summary>Nothing answers there.</summary>
    Unreachable,

    /// <summary>Something answers that is no server of models.</summary>
    SomethingElse,

    /// <summary>It wants another key.</summary>
    KeyRefused,

    /// <summary>It lists its models.</summary>
    Lists,
}

/// <summary>A server of models as far as its list of models tells.</summary>
/// <param name="BaseUrl">Address up to and including <c>/v1</c>.</param>
/// <param name="Product">Which program usually has that port; empty = unknown.</param>
/// <param name="Answer">What became of asking.</param>
/// <param name="Models">Its models, those that see pictures first as far as their names tell.</param>
/// <param name="Message">Why there are none; free of secrets.</param>
public sealed record ModelServer(string BaseUrl, string Product, ModelServerAnswer Answer, IReadOnlyList<string> Models, string Message)
{
    /// <summary>The model to propose; null = none whose name says that it sees pictures.</summary>
    public string? Proposed => Models.FirstOrDefault(VisionNames.IsVisionModel);
}

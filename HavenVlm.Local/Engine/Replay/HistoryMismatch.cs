namespace HavenVlm.Local.Engine.Replay;

/// <summary>Where a history stopped fitting its orchestrator.</summary>
/// <param name="Position">Place in the history, from 1.</param>
/// <param name="Expected">What the history holds there.</param>
/// <param name="Found">What the orchestrator did instead.</param>
internal sealed record HistoryMismatch(int Position, string Expected, string Found)
{
    /// <summary>One sentence for logs and status.</summary>
    public string Describe(string orchestrator) =>
        $"The history no longer fits the orchestrator {orchestrator}: at position {Position} it holds {Expected}, the orchestrator {Found}. "
        + "This happens when its code changed while the instance ran, or when it is not deterministic.";
}

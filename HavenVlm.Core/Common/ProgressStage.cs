namespace HavenVlm.Core.Common;

/// <summary>What an orchestration is doing, as its status says it.</summary>
public enum ProgressStage
{
    /// <summary>Something that this program does not know: a newer one wrote it.</summary>
    Working,

    /// <summary>Nothing has been heard of it yet.</summary>
    Starting,

    /// <summary>Finding out what is to be done.</summary>
    Preparing,

    /// <summary>Asking the model.</summary>
    Analyzing,

    /// <summary>Held up by an endpoint, Stash or a person; it resumes automatically.</summary>
    Waiting,

    /// <summary>Writing what was found.</summary>
    Publishing,

    /// <summary>Writing pictures of what is marked as incorrect.</summary>
    Exporting,

    /// <summary>Taking back what was written to Stash.</summary>
    Undoing,

    /// <summary>Ended well.</summary>
    Done,

    /// <summary>Ended by a failure.</summary>
    Failed,
}

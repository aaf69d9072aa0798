using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>What the journal needs to know of an instance to write about it; valid within one transaction.</summary>
internal sealed class InstanceRow
{
    /// <summary>Number of its current run.</summary>
    public required long Run { get; set; }

    public required string Id { get; init; }

    /// <summary>Name of its orchestrator.</summary>
    public required string Name { get; init; }

    /// <summary>Its state.</summary>
    public required RuntimeStatus Status { get; set; }

    /// <summary>Whether the orchestrator has begun in this run.</summary>
    public required bool Begun { get; set; }

    /// <summary>When it last changed.</summary>
    public required DateTimeOffset Updated { get; set; }

    /// <summary>Length of its history.</summary>
    public required int Events { get; set; }

    /// <summary>How often its history no longer fitted its orchestrator.</summary>
    public required int Mismatches { get; set; }

    /// <summary>New custom status as JSON; null = as before.</summary>
    public string? CustomStatus { get; set; }

    /// <summary>Output as JSON, when it ends.</summary>
    public string? Output { get; set; }

    public bool HasEnded => Status is RuntimeStatus.Completed or RuntimeStatus.Failed or RuntimeStatus.Terminated;
}

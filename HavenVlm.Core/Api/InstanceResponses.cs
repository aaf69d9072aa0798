using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Api;

/// <summary>Status of an instance with the fields of Durable Functions.</summary>
public sealed record InstanceResponse
{
    /// <summary>What the instance does, such as <c>TagScenes</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Instance id, such as <c>scene-12</c>.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Pending, Running, Suspended, Completed, Failed or Terminated.</summary>
    public required string RuntimeStatus { get; init; }

    /// <summary>Its input, with <c>showInput=true</c>.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>Progress as a <see cref="ProgressStatus"/>; null before the first.</summary>
    public JsonElement? CustomStatus { get; init; }

    /// <summary>Its output; the reason as text when it failed or was terminated.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>When the instance was started, UTC.</summary>
    public required DateTimeOffset CreatedTime { get; init; }

    /// <summary>When the instance last changed, UTC.</summary>
    public required DateTimeOffset LastUpdatedTime { get; init; }

    internal static InstanceResponse From(OrchestrationInstance instance, LiveProgress live) =>
        new()
        {
            Name = instance.Name,
            InstanceId = instance.InstanceId,
            RuntimeStatus = instance.RuntimeStatus.ToString(),
            Input = instance.Input,
            CustomStatus = Live(instance, live),
            Output = instance.Output,
            CreatedTime = instance.CreatedTime,
            LastUpdatedTime = instance.LastUpdatedTime,
        };

    private static JsonElement? Live(OrchestrationInstance instance, LiveProgress live) =>
        instance.HasEnded || live.Overlay(instance) is not { } status
            ? instance.CustomStatus
            : JsonSerializer.SerializeToElement(status, HavenJson.Options);
}

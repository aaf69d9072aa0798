using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Ports;

/// <summary>An orchestrator ends Failed with this message as the reason.</summary>
public sealed class OrchestrationFailedException(string reason) : PermanentFailureException(reason);

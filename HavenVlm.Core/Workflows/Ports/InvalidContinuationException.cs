namespace HavenVlm.Core.Workflows.Ports;

/// <summary>The continuation of a query is not one that a page of instances came with: the caller's mistake.</summary>
public sealed class InvalidContinuationException()
    : ArgumentException("The continuation token is not one that a page of instances came with. List again from the beginning.");

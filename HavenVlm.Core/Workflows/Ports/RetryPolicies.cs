namespace HavenVlm.Core.Workflows.Ports;

/// <summary>The retry policies of all activity calls: the same objects on every engine.</summary>
internal static class RetryPolicies
{
    /// <summary>
    /// For activities that need Stash or its media: patient for hours, because a restarted or sleeping server is no reason to lose a scene.
    /// At most 150 attempts keep the history short.
    /// </summary>
    public static ActivityRetryPolicy LongOutage { get; } = new(150, TimeSpan.FromSeconds(2), 1.6, TimeSpan.FromMinutes(5));

    /// <summary>
    /// For looking for request tags: soon after Stash is back, because hooks that come meanwhile join this very look.
    /// </summary>
    public static ActivityRetryPolicy Sweep { get; } = new(150, TimeSpan.FromSeconds(2), 1.6, TimeSpan.FromSeconds(30));

    /// <summary>For activities that need only this process and its storage; also covers a killed worker.</summary>
    public static ActivityRetryPolicy Quick { get; } = new(8, TimeSpan.FromSeconds(1), 2, TimeSpan.FromSeconds(30));
}

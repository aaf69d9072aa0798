namespace HavenVlm.Core.Diagnosis.SetUp;

/// <summary>Whether this process runs in a container, where localhost is the container and not the machine around it.</summary>
public static class ContainerRuntime
{
    /// <summary>The name by which containers reach the machine around them.</summary>
    public const string HostName = "host.docker.internal";

    /// <summary>Whether it does: by what .NET's images say, and by the files that Docker and Podman leave.</summary>
    public static bool IsHere { get; } =
        Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1"
        || File.Exists("/.dockerenv")
        || File.Exists("/run/.containerenv");

    /// <summary>Whether it is the container of this project's image and compose file, in which <c>docker compose</c> commands are true.</summary>
    public static bool IsOurs { get; } = Environment.GetEnvironmentVariable("HAVEN_CONTAINER") is "true";
}

namespace HavenVlm.Simulation.Stash;

/// <summary>When an injected action runs.</summary>
public enum MutationMoment
{
    /// <summary>Before the change: cutting the connection here loses the request.</summary>
    Before,

    /// <summary>After the change is committed: cutting the connection here loses the answer alone.</summary>
    After,
}

/// <summary>A single change that a client is making: one field of a mutation.</summary>
public sealed class MutationStep(string name, int number, Action drop)
{
    /// <summary>What is called, such as <c>sceneMarkerCreate</c>.</summary>
    public string Field => name;

    /// <summary>Which change it is, counted from 1 since the start.</summary>
    public int Number => number;

    /// <summary>Whether the connection has been cut here.</summary>
    internal bool Dropped { get; private set; }

    /// <summary>Cuts the client's connection. What was not yet done of this request is not done.</summary>
    public void DropConnection()
    {
        Dropped = true;
        drop();
    }
}

/// <summary>A test cut the connection in the middle of a request.</summary>
internal sealed class ConnectionCutException : Exception;

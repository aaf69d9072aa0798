using GraphQL;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>What a resolver of Stash refuses: HTTP 200 with this message among the errors.</summary>
internal sealed class StashErrorException(string message) : ExecutionError(message);

/// <summary>The real server could answer this and the simulated one cannot. Never to be taken for an answer of Stash: HTTP 501.</summary>
internal sealed class NotSimulatedException(string what)
    : Exception($"The simulated Stash does not simulate {what}. The real one has it: add it to HavenVlm.Simulation/Stash.");

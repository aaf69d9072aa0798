using HavenVlm.EngineContract;

namespace HavenVlm.Functions.Tests.Workflows;

public sealed class DurableStartingTests : StartingContract<DurableFixture>;

public sealed class DurableActivitiesTests : ActivitiesContract<DurableFixture>;

public sealed class DurableTimersTests : TimersContract<DurableFixture>;

public sealed class DurableControlTests : ControlContract<DurableFixture>;

public sealed class DurableListingTests : ListingContract<DurableFixture>;

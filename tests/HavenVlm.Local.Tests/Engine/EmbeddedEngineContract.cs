using HavenVlm.EngineContract;

namespace HavenVlm.Local.Tests.Engine;

public sealed class EmbeddedStarting : StartingContract<EmbeddedEngineFixture>;

public sealed class EmbeddedActivities : ActivitiesContract<EmbeddedEngineFixture>;

public sealed class EmbeddedTimers : TimersContract<EmbeddedEngineFixture>;

public sealed class EmbeddedControl : ControlContract<EmbeddedEngineFixture>;

public sealed class EmbeddedListing : ListingContract<EmbeddedEngineFixture>;

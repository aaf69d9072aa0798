using HavenVlm.EngineContract;

namespace HavenVlm.Local.Tests.Engine.Running;

public sealed class EmbeddedStarting : StartingContract<EmbeddedEngineFixture>;

public sealed class EmbeddedActivities : ActivitiesContract<EmbeddedEngineFixture>;

public sealed class EmbeddedTimers : TimersContract<EmbeddedEngineFixture>;

public sealed class EmbeddedControl : ControlContract<EmbeddedEngineFixture>;

public sealed class EmbeddedListing : ListingContract<EmbeddedEngineFixture>;

// The same with nothing kept in memory: every single event is a replay.

public sealed class ReplayingStarting : StartingContract<ReplayingEngineFixture>;

public sealed class ReplayingActivities : ActivitiesContract<ReplayingEngineFixture>;

public sealed class ReplayingTimers : TimersContract<ReplayingEngineFixture>;

public sealed class ReplayingControl : ControlContract<ReplayingEngineFixture>;

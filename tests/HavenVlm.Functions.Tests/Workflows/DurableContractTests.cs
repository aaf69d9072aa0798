using HavenVlm.EngineContract;

namespace HavenVlm.Functions.Tests.Workflows;

public sealed class DurableStartingTests : StartingContract<DurableFixture>;

public sealed class DurableActivitiesTests : ActivitiesContract<DurableFixture>;

public sealed class DurableTimersTests : TimersContract<DurableFixture>;

public sealed class DurableControlTests : ControlContract<DurableFixture>
{
    // The test host tells activities apart by instance and number alone: equal numbers would make the old one's end that of the new one.
    protected override int StepsOfOld => 1;
}

public sealed class DurableListingTests : ListingContract<DurableFixture>;

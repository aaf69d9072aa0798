using HavenVlm.EngineContract;

namespace HavenVlm.Functions.Tests.Workflows;

public sealed class DurableStartingTests : StartingContract<DurableFixture>;

public sealed class DurableActivitiesTests : ActivitiesContract<DurableFixture>;

public sealed class DurableTimersTests : TimersContract<DurableFixture>;

public sealed class DurableControlTests : ControlContract<DurableFixture>
{
    // The test host tells activities apart by instance and number alone, so that the old one's end would be taken for the new one's.
    protected override async Task BeforeStartingAnewAsync()
    {
        Gates.Open("old");
        await Gates.UntilNotedAsync(1);
    }
}

public sealed class DurableListingTests : ListingContract<DurableFixture>;

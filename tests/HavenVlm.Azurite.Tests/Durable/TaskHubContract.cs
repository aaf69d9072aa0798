using HavenVlm.EngineContract;

namespace HavenVlm.Azurite.Tests.Durable;

public sealed class TaskHubStartingTests : StartingContract<TaskHubFixture>;

public sealed class TaskHubActivitiesTests : ActivitiesContract<TaskHubFixture>;

public sealed class TaskHubTimersTests : TimersContract<TaskHubFixture>
{
    // The queues of the storage wait whole seconds.
    protected override TimeSpan Resolution => TimeSpan.FromSeconds(1);
}

public sealed class TaskHubControlTests : ControlContract<TaskHubFixture>
{
    protected override TimeSpan Nap => TimeSpan.FromSeconds(4);
}

public sealed class TaskHubListingTests : ListingContract<TaskHubFixture>;

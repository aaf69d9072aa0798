using HavenVlm.Local.Tests.Browser;

namespace HavenVlm.Local.Tests.Dashboard;

/// <summary>The tests of the page share one browser.</summary>
[CollectionDefinition(Name)]
public sealed class DashboardTestGroup : ICollectionFixture<Chromium>
{
    public const string Name = "dashboard";
}

using HavenVlm.Local.Tests.Browser;
using HavenVlm.Local.Tests.EndToEnd;

namespace HavenVlm.Local.Tests.Dashboard;

/// <summary>The tests of the page share one browser and the sample videos.</summary>
[CollectionDefinition(Name)]
public sealed class DashboardTestGroup : ICollectionFixture<Chromium>, ICollectionFixture<VideosFixture>
{
    public const string Name = "dashboard";
}

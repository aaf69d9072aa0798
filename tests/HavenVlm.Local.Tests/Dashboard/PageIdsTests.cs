using HavenVlm.Core.Common;
using HavenVlm.Local.Tests.Browser;
using HavenVlm.Local.Tests.Server;

namespace HavenVlm.Local.Tests.Dashboard;

public sealed class PageIdsTests(Chromium chromium, SharedServers servers)
{
    [Fact]
    public async Task Page_and_service_accept_the_same_ids()
    {
        var server = await servers.GetAsync();
        await using var tab = await chromium.OpenAsync();
        await tab.Page.GotoAsync(server.Address);
        string[] texts = ["1", "12", "123456789012345678", "1234567890123456789", "007", "0", "", "-1", "1.0", " 1", "1a", "\u0661"];

        var ids = await tab.Page.EvaluateAsync<string?[]>(
            """
            async (texts) => {
              const { sceneIdOf } = await import("/dashboard/names.js");
              return texts.map((text) => sceneIdOf({ name: "TagScene", instanceId: `scene-${text}` }));
            }
            """,
            texts
        );

        Assert.Equal(texts.Select(text => StashId.IsOne(text) ? text : null), ids);
    }
}

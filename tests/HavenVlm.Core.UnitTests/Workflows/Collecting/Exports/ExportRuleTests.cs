using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Collecting.Exports;

namespace HavenVlm.Core.UnitTests.Workflows.Collecting.Exports;

public sealed class ExportRuleTests
{
    private static readonly ExportRule Container = new() { PassingFolder = Path.GetFullPath("/home/site/wwwroot/") };

    [Theory]
    [InlineData("/home/site/wwwroot")]
    [InlineData("/home/site/wwwroot/output_data/20260101")]
    [InlineData("/home/site/wwwroot/..data")]
    public void A_folder_that_goes_with_the_container_is_refused_and_what_to_do_is_said(string folder)
    {
        var refused = Assert.Throws<PermanentFailureException>(() => Container.Check(Path.GetFullPath(folder)));
        Assert.Contains("HavenVlm__Export__OutputDir", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/home/site/wwwroot2/output_data")]
    [InlineData("/exports")]
    public void Any_other_folder_will_do(string folder) => Container.Check(Path.GetFullPath(folder));

    [Fact]
    public void A_host_that_stays_takes_every_folder() => new ExportRule().Check(Path.GetFullPath("/home/site/wwwroot/output_data"));
}

using HavenVlm.Build.Tools;

namespace HavenVlm.Build.UnitTests.Tools;

public sealed class PackageManagerTests
{
    [Fact]
    public void Debian_updates_its_lists_first_and_asks_no_questions() =>
        Assert.Equal(
            [
                "env DEBIAN_FRONTEND=noninteractive apt-get update -q",
                "env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core",
            ],
            Lines(PackageManager.Apt.Commands(["chromium", "fonts-dejavu-core"], asRoot: []))
        );

    [Fact]
    public void Uses_sudo_where_only_root_may_install()
    {
        string[] sudo = ["sudo", "-n"];

        Assert.All(
            Lines(PackageManager.Apt.Commands(["strace"], sudo)),
            line => Assert.StartsWith("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get ", line, StringComparison.Ordinal)
        );
        Assert.Equal(["brew install node"], Lines(PackageManager.Brew.Commands(["node"], asRoot: [])));
    }

    [Theory]
    [InlineData("apt-get", "sudo apt-get update && sudo apt-get install -y nodejs npm")]
    [InlineData("dnf", "sudo dnf install -y nodejs npm")]
    [InlineData("apk", "apk add nodejs npm")]
    [InlineData("brew", "brew install nodejs npm")]
    public void A_person_is_shown_the_short_form(string manager, string line) =>
        Assert.Equal(line, PackageManager.All.Single(one => one.Program == manager).ByHand(["nodejs", "npm"]));

    [Fact]
    public void On_Debian_every_tool_can_be_installed()
    {
        Tool[] tools = [Tool.Ffmpeg, Tool.Chromium, Tool.Node, Tool.Python, Tool.Strace];

        Assert.All(tools, tool => Assert.NotEmpty(tool.Packages["apt-get"]));
    }

    private static IEnumerable<string> Lines(IEnumerable<string[]> commands) => commands.Select(words => string.Join(' ', words));
}

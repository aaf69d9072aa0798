using HavenVlm.Core.Configuration;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.Commands;

public sealed class InitCommandTests(VideosFixture videos) : IAsyncDisposable
{
    private const string Key = "the-key-of-stash";

    private readonly string _folder = Directory.CreateTempSubdirectory("haven-init-").FullName;
    private SimulatedStash? _stash;
    private SimulatedVlm? _vlm;

    private string ConfigurationPath => Path.Combine(_folder, "haven.yaml");

    public async ValueTask DisposeAsync()
    {
        if (_stash is not null)
        {
            await _stash.DisposeAsync();
        }

        if (_vlm is not null)
        {
            await _vlm.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task By_options_alone_it_writes_a_configuration_with_which_a_scene_is_tagged()
    {
        await StartAsync(new VlmBehavior { Models = ["text-embedding-3", "plain-chat", "simulated-vlm"] });
        var video = (await videos.Videos.GetAsync("phone")).Path;
        var scene = _stash!.Library.AddScene(
            "phone",
            new StashFile(0, "/stash/library/" + Path.GetFileName(video), DateTimeOffset.UnixEpoch) { Size = new FileInfo(video).Length }
        );

        var (exitCode, haven) = await RunAsync(
            "--tag",
            "Waving",
            "--tag",
            "Jumping=both feet off the ground",
            "--media-folder",
            Path.GetDirectoryName(video)!
        );

        Assert.True(exitCode == 0, haven.Output + haven.Error);
        var loaded = ConfigurationLoader.Load(ConfigurationPath, new Dictionary<string, string>());
        Assert.Empty(loaded.Missing);
        Assert.Equal((_stash.Address, Key), (loaded.Options.Stash.Url, loaded.Options.Stash.ApiKey));
        Assert.Equal(
            new PathMapping { From = "/stash/library", To = Path.GetDirectoryName(video)! },
            Assert.Single(loaded.Options.Stash.PathMap)
        );
        Assert.Equal("simulated-vlm", loaded.Options.Vlm.Model);
        Assert.Equal(_vlm!.BaseUrl, Assert.Single(loaded.Options.Vlm.Endpoints).BaseUrl);
        Assert.Equal(["Waving", "Jumping"], loaded.Options.Tags.Select(tag => tag.Key));
        Assert.Equal("both feet off the ground", loaded.Options.Tags["Jumping"].Description);
        Assert.DoesNotContain(Key, haven.Output + haven.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ConfigurationPath));
        }

        var (tagged, tag) = await HavenProcess.RunAsync(_folder, "tag", "--scene", $"{scene.Id}");
        Assert.True(tagged == 0, tag.Output + tag.Error);
        Assert.Contains("Jumping", _stash.Library.TagNamesOf(scene.Id));
    }

    [Fact]
    public async Task Without_a_terminal_it_names_the_options()
    {
        var (exitCode, haven) = await HavenProcess.RunAsync(_folder, "init");

        Assert.Equal(2, exitCode);
        Assert.Contains(
            "--yes --stash-url URL --stash-key-file FILE --endpoint URL --model NAME --tag NAME",
            haven.Error,
            StringComparison.Ordinal
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task What_is_there_is_overwritten_only_when_asked_for_and_a_copy_is_kept()
    {
        await StartAsync();
        await File.WriteAllTextAsync(ConfigurationPath, "# mine");

        var (refused, first) = await RunAsync("--tag", "Waving");
        Assert.Equal(2, refused);
        Assert.Contains("--force overwrites it", first.Error, StringComparison.Ordinal);
        Assert.Equal("# mine", await File.ReadAllTextAsync(ConfigurationPath));

        var (forced, second) = await RunAsync("--tag", "Waving", "--force");
        Assert.True(forced == 0, second.Output + second.Error);
        Assert.Equal("# mine", await File.ReadAllTextAsync(ConfigurationPath + ".bak"));
        Assert.Contains("Waving", await File.ReadAllTextAsync(ConfigurationPath), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrong", true, "Waving", "stash.apiKey is refused by")]
    [InlineData("", true, "Waving", "--stash-key-file")]
    [InlineData(Key, false, "Waving", "without seeing")]
    [InlineData(Key, true, "", "--tag: give at least one")]
    [InlineData(Key, true, "VLM_TagMe", "is the name that stashTags.tagMe uses")]
    public async Task Reports_what_fails_and_writes_nothing(string key, bool sees, string tag, string expected)
    {
        await StartAsync(new VlmBehavior { Sees = sees });

        var (exitCode, haven) = await RunAsync(key, tag.Length == 0 ? [] : ["--tag", tag]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(expected, haven.Output + haven.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Asks_nobody_before_its_first_use()
    {
        var (exitCode, haven) = await HavenProcess.RunAsync(
            _folder,
            [
                "init",
                "--yes",
                "--unchecked",
                "--stash-url",
                "nas:9999",
                "--endpoint",
                "pc:1234",
                "--model",
                "qwen2.5-vl-7b-instruct",
                "--tag",
                "Waving",
            ]
        );

        Assert.True(exitCode == 0, haven.Output + haven.Error);
        var options = ConfigurationLoader.Load(ConfigurationPath, new Dictionary<string, string>()).Options;
        Assert.Equal("http://nas:9999", options.Stash.Url);
        Assert.Equal(("pc", "http://pc:1234/v1"), (options.Vlm.Endpoints[0].Name, options.Vlm.Endpoints[0].BaseUrl));
    }

    [Fact]
    public async Task On_a_terminal_it_asks_and_a_key_does_not_show()
    {
        Assert.SkipUnless(PseudoTerminal.IsHere, "Needs python3 for a pseudo terminal.");
        await StartAsync();
        _stash!.Library.AddTag("Dancing");
        _stash.Library.AddTag("Waving");

        var (exitCode, screen) = await PseudoTerminal.RunAsync(
            _folder,
            ["init"],
            ("Address of Stash", _stash.Address),
            ("does not show", "a-wrong-key"),
            ("does not show", Key),
            ("model server", _vlm!.BaseUrl),
            ("Which? A number or a name", ""),
            ("Which tags?", "1-2, Clapping=hands that strike each other")
        );

        Assert.True(exitCode == 0, screen);
        Assert.DoesNotContain(Key, screen, StringComparison.Ordinal);
        Assert.Contains("What next:", screen, StringComparison.Ordinal);
        var loaded = ConfigurationLoader.Load(ConfigurationPath, new Dictionary<string, string>());
        Assert.Equal(Key, loaded.Options.Stash.ApiKey);
        Assert.Equal(["Dancing", "Waving", "Clapping"], loaded.Options.Tags.Select(tag => tag.Key));
    }

    [Fact]
    public async Task Leaves_nothing_half_written_when_interrupted()
    {
        Assert.SkipUnless(PseudoTerminal.IsHere, "Needs python3 for a pseudo terminal.");
        await StartAsync();

        var (exitCode, screen) = await PseudoTerminal.RunAsync(
            _folder,
            ["init"],
            ("Address of Stash", _stash!.Address),
            ("does not show", PseudoTerminal.CtrlC)
        );

        Assert.True(exitCode == 130, $"{exitCode}: {screen}");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    private Task<(int ExitCode, HavenProcess Process)> RunAsync(params string[] args) => RunAsync(Key, args);

    private async Task<(int ExitCode, HavenProcess Process)> RunAsync(string key, string[] args)
    {
        string[] keyArgs = key.Length == 0 ? [] : ["--stash-key-env", "STASH_KEY"];
        var process = HavenProcess.Start(
            _folder,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["STASH_KEY"] = key },
            ["init", "--yes", "--stash-url", _stash!.Address, .. keyArgs, "--endpoint", _vlm!.BaseUrl, .. args]
        );
        return (await process.ExitAsync(), process);
    }

    private async Task StartAsync(VlmBehavior? behavior = null)
    {
        _stash = await SimulatedStash.StartAsync(new SimulatedStashOptions { ApiKey = Key });
        _vlm = await SimulatedVlm.StartAsync(behavior);
    }
}

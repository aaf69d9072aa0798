namespace HavenVlm.Local.Tests.Commands;

public sealed class ImportCommandTests
{
    private const string Old = """
        VLM_ENGINE_CONFIG = {
            "active_ai_models": ["m"],
            "models": {"m": {"type": "vlm_model", "model_id": "some/model", "tag_list": ["Kissing"], "multiplexer_endpoints": [
                {"base_url": "http://127.0.0.1:1234/v1", "api_key": "local-secret", "name": "pc", "weight": 9},
                {"base_url": "https://models.invalid/v1", "api_key": "far-secret", "name": "far", "is_fallback": True},
            ]}},
        }
        VIDEO_FRAME_INTERVAL = 2.0
        SERVER_TIMEOUT = 3700
        """;

    [Fact]
    public async Task An_old_file_becomes_a_configuration_that_the_check_finds_good_and_no_key_is_printed()
    {
        using var place = Place();
        Write(place, "old.py", Old);

        var import = await RunAsync(place, "config", "import", "old.py");
        var check = await RunAsync(place, "config", "check");

        Assert.Equal(0, import.Code);
        Assert.Equal(0, check.Code);
        Assert.DoesNotContain("missing", check.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", import.Output + import.Error, StringComparison.Ordinal);
        Assert.Contains("far (models.invalid) is outside this network", import.Output, StringComparison.Ordinal);
        Assert.Contains("SERVER_TIMEOUT has no equal", import.Output, StringComparison.Ordinal);
        var yaml = Read(place, "haven.yaml");
        Assert.Contains("local-secret", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("far-secret", yaml, StringComparison.Ordinal);
        Assert.True(
            OperatingSystem.IsWindows()
                || File.GetUnixFileMode(PathOf(place, "haven.yaml")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite)
        );
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_written_over_unless_asked()
    {
        using var place = Place();
        Write(place, "old.py", Old);
        Write(place, "haven.yaml", "# mine\n");

        var refused = await RunAsync(place, "config", "import", "old.py");
        var elsewhere = await RunAsync(place, "config", "import", "old.py", "--output", "new.yaml");

        Assert.Equal(1, refused.Code);
        Assert.Contains("haven.yaml already exists", refused.Error, StringComparison.Ordinal);
        Assert.Equal("# mine\n", Read(place, "haven.yaml"));
        Assert.Equal(0, elsewhere.Code);

        var forced = await RunAsync(place, "config", "import", "old.py", "--force");

        Assert.Equal(0, forced.Code);
        Assert.Equal(Read(place, "new.yaml"), Read(place, "haven.yaml"));
    }

    [Fact]
    public async Task Reports_a_missing_file_plainly()
    {
        using var place = Place();
        Write(place, "other.py", "print('x')\n");

        var missing = await RunAsync(place, "config", "import", "old.py");
        var other = await RunAsync(place, "config", "import", "other.py");

        Assert.Equal(1, missing.Code);
        Assert.Contains("no such file", missing.Error, StringComparison.Ordinal);
        Assert.Equal(1, other.Code);
        Assert.Contains("no settings of the plugin", other.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf(place, "haven.yaml")));
    }

    /// <summary>A folder without a configuration.</summary>
    private static Workplace Place()
    {
        var place = new Workplace();
        File.Delete(PathOf(place, "haven.yaml"));
        return place;
    }

    private static string PathOf(Workplace place, string name) => Path.Combine(place.Folder, name);

    private static void Write(Workplace place, string name, string text) => File.WriteAllText(PathOf(place, name), text);

    private static string Read(Workplace place, string name) => File.ReadAllText(PathOf(place, name));

    private static async Task<(int Code, string Output, string Error)> RunAsync(Workplace place, params string[] arguments)
    {
        var (code, haven) = await HavenProcess.RunAsync(place.Folder, arguments);
        return (code, haven.Output, string.Join('\n', haven.ErrorLines));
    }
}

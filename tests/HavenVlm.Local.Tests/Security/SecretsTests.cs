using System.Text;
using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.Security;

/// <summary>Keys are in the configuration, in what is sent to whom they belong, and nowhere else.</summary>
public sealed class SecretsTests(VideosFixture videos)
{
    private const string Stash = "stash-secret";
    private const string Model = "planted-model-key-71f3";
    private const string EchoKey = "planted-echo-key-88a2";
    private const string Own = "planted-own-key-5c0d91";
    private const string Header = "planted-header-key-2e46";
    private const string Body = "planted-body-key-9b15aa";
    private const string Session = "planted-session-key-3d7";

    [Fact]
    public async Task No_secret_is_written_anywhere_in_a_run_at_the_lowest_level_with_every_failure()
    {
        await using var world = await World.CreateAsync(videos, behavior: new VlmBehavior { ApiKey = Model });
        await using var echo = await EchoingServer.StartAsync();
        var config = Path.Combine(world.Folder, "haven.yaml");
        await File.WriteAllTextAsync(config, Configuration(world, world.Stash.Address, echo.Address));
        var scene = await world.AddSceneAsync("phone");
        var ear = new SecretScanner([Stash, Model, EchoKey, Own, Header, Body, Session]);
        using var enough = new CancellationTokenSource();
        var processes = OperatingSystem.IsLinux() ? Task.Run(() => ear.WatchProcessesAsync(enough.Token)) : Task.FromResult(1);
        var answers = new List<(string Place, string Text)>();
        string local;
        await using (var haven = world.Serve())
        {
            var address = await haven.ListeningAsync();
            local = (await File.ReadAllTextAsync(Path.Combine(world.Folder, "data", "haven.local-key"))).Trim();
            world.Http.DefaultRequestHeaders.Add("x-functions-key", Own);
            var started = await world.PostAsync($"{address}/api/scenes/tag", new { sceneIds = new[] { World.Id(scene) } });
            await HookAsync(world, address);
            var ended = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
            Assert.Equal("Completed", ended.GetProperty("runtimeStatus").GetString());
            var collect = await world.PostAsync($"{address}/api/incorrect/collect", new { all = true });
            await world.EndedAsync(collect.GetProperty("statusQueryGetUri").GetString()!);
            answers.AddRange(await AskEverythingAsync(world, address, started.GetProperty("id").GetString()!, World.Id(scene)));
            // While the process lives: its database with what is still in the write-ahead log.
            ear.LookThrough(
                world.Folder,
                config,
                Path.Combine(world.Folder, "data", "haven.local-key"),
                Path.Combine(world.Folder, "data", "haven.lock")
            );
            await haven.SignalAsync("TERM");
            Assert.Equal(0, await haven.ExitAsync());
            answers.Add(("log", haven.Output));
            Assert.Contains(" trace ", haven.Output, StringComparison.Ordinal);
        }

        await enough.CancelAsync();
        Assert.NotEqual(0, await processes);
        foreach (var (place, text) in answers)
        {
            ear.Look(place, text);
            Assert.DoesNotContain(local, text, StringComparison.Ordinal);
        }

        ear.LookThrough(world.Folder, config);
        Assert.Equal([], ear.Found);
        Assert.True(ear.Looked > 40, $"{ear.Looked} were looked through");
        // Else it would be no wonder.
        Assert.Contains(
            echo.Heard,
            said => said.Contains(EchoKey, StringComparison.Ordinal) && said.Contains(Body, StringComparison.Ordinal)
        );
        Assert.Contains(echo.Heard, said => said.Contains(Header, StringComparison.Ordinal));
        Assert.Contains("***", answers[^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("doctor", "--json")]
    [InlineData("tag", "--scene", "1")]
    [InlineData("status")]
    [InlineData("config", "show")]
    [InlineData("config", "check")]
    [InlineData("serve")]
    public async Task No_command_prints_a_secret_when_Stash_and_models_repeat_what_they_are_sent(params string[] arguments)
    {
        await using var world = await World.CreateAsync(videos);
        await using var echo = await EchoingServer.StartAsync();
        var config = Path.Combine(world.Folder, "haven.yaml");
        await File.WriteAllTextAsync(config, Configuration(world, echo.Address, echo.Address));
        var ear = new SecretScanner([Stash, Model, EchoKey, Own, Header, Body]);
        await using var haven = HavenProcess.Start(world.Folder, arguments);
        if (arguments is ["serve"])
        {
            await haven.ListeningAsync();
            await haven.SignalAsync("TERM");
        }

        // The others end by themselves: a refused key is for a person to change.
        await haven.ExitAsync();

        ear.Look("output", haven.Output);
        ear.LookThrough(world.Folder, config);
        Assert.NotEqual("", haven.Output);
        Assert.Equal([], ear.Found);
    }

    private static string Configuration(World world, string stash, string echo) =>
        $$"""
            stash: { url: "{{stash}}", apiKey: {{Stash}}, media: stream }
            vlm:
              model: simulated-vlm
              extraBody: { headers: { X-Api-Key: "{{Header}}" } }
              endpoints:
                - { name: pc, baseUrl: "{{world.Vlm.BaseUrl}}", apiKey: {{Model}}, maxConcurrent: 2, timeout: 20s }
                - { name: echo, baseUrl: "{{echo}}/v1", apiKey: {{EchoKey}}, maxConcurrent: 2, timeout: 20s, extraBody: { token: "Bearer {{Body}}" } }
            tags:
            {{string.Join('\n', world.Tags.Select(tag => $"  {tag}: {{ description: \"{TagLegend.DescriptionOf(tag)}\" }}"))}}
            server: { listen: "http://127.0.0.1:0", apiKey: {{Own}} }
            storage: { dataDir: data }
            export: { outputDir: exports }
            sweep: { enabled: false, watch: "" }
            logging: { level: Trace }
            """;

    // What Stash gives a hook holds the session of whoever caused it.
    private static async Task HookAsync(World world, string address)
    {
        var body = JsonSerializer.Serialize(
            new
            {
                server_connection = new { SessionCookie = new { Name = "session", Value = Session }, Scheme = "http" },
                args = new
                {
                    hookContext = new
                    {
                        type = "Scene.Update.Post",
                        inputFields = new[] { "tag_ids" },
                        input = new { cookie = Session },
                    },
                },
            }
        );
        using var hooked = await world.Http.PostAsync(
            $"{address}/api/stash/hook",
            new StringContent(body, Encoding.UTF8, "application/json")
        );
        Assert.True(hooked.IsSuccessStatusCode, $"{hooked.StatusCode}");
    }

    private static async Task<List<(string Place, string Text)>> AskEverythingAsync(
        World world,
        string address,
        string instance,
        string scene
    )
    {
        var answers = new List<(string Place, string Text)>();
        var paths = ApiRoutes
            .All.Where(route => route.Method == "GET" && route.Name is not "Events")
            .Select(route =>
                route
                    .Template.Replace("api/instances/{id}", $"api/instances/{instance}?showInput=true", StringComparison.Ordinal)
                    .Replace("marker-settings/{id}", $"marker-settings/{instance}", StringComparison.Ordinal)
                    .Replace("{id}", scene, StringComparison.Ordinal)
                    .Replace("{file}", "api.js", StringComparison.Ordinal)
            );
        foreach (
            var path in paths.Concat([
                $"api/status?code={Own}",
                $"nowhere?code={Own}",
                "api/instances?showInput=true",
                "api/openapi.json",
                "plugin/index.yml",
            ])
        )
        {
            using var response = await world.Http.GetAsync($"{address}/{path}");
            answers.Add((path, $"{response}\n{await response.Content.ReadAsStringAsync()}"));
        }

        using var events = await world.Http.GetAsync($"{address}/api/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line && !line.StartsWith("data:", StringComparison.Ordinal))
        {
            answers.Add(("events", line));
        }

        foreach (var call in (string[])["api/scenes/tag", "api/undo", "api/images/tag"])
        {
            using var refused = await world.Http.PostAsync(
                $"{address}/{call}",
                new StringContent($$"""{"apiKey":"nothing of ours"}""", Encoding.UTF8, "application/json")
            );
            answers.Add((call, await refused.Content.ReadAsStringAsync()));
        }

        return answers;
    }
}

using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.Commands;

/// <summary>A folder with a configuration, for commands; gone after the test.</summary>
internal sealed class Workplace : IDisposable
{
    public const string Minimal = """
        vlm: { model: m, endpoints: [ { name: local, baseUrl: "http://127.0.0.1:9/v1" } ] }
        tags: { Kissing: {} }
        stash: { url: "http://127.0.0.1:9" }
        server: { listen: "http://127.0.0.1:0" }
        sweep: { enabled: false }
        """;

    public Workplace(string configuration = Minimal) => Configure(configuration);

    public string Folder { get; } = Directory.CreateTempSubdirectory("haven-command-").FullName;

    public string DataFolder => Path.Combine(Folder, "data");

    public void Configure(string configuration) => File.WriteAllText(Path.Combine(Folder, "haven.yaml"), configuration);

    /// <summary>A configuration for simulated servers.</summary>
    public static string For(SimulatedStash stash, SimulatedVlm vlm, string more = "") =>
        $$"""
            stash: { url: "{{stash.Address}}" }
            vlm:
              model: {{vlm.Behavior.Models[0]}}
              endpoints:
                - { name: local, baseUrl: "{{vlm.BaseUrl}}", maxConcurrent: 4 }
            tags:
            {{string.Join('\n', TagLegend.Tags.Select(tag => $"  {tag}: {{}}"))}}
            server: { listen: "http://127.0.0.1:0" }
            {{more}}
            """;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A test that removes it itself.
        }
    }
}

using System.Globalization;
using System.Text;
using HavenVlm.Simulation.Media;

namespace HavenVlm.Simulation.Demo;

/// <summary>Writes the <c>haven.yaml</c> of the demo.</summary>
internal static class DemoConfiguration
{
    /// <summary>The settings that point at the simulated servers and ask for every tag of the legend.</summary>
    public static string Write(
        DemoEnvironmentOptions options,
        string stashUrl,
        string stashKey,
        IEnumerable<string> vlmUrls,
        string mappedFrom,
        string mappedTo
    )
    {
        var yaml = new StringBuilder();
        yaml.AppendLine(
            $$"""
            # The demo's own settings: a simulated Stash and a simulated model server on this machine.
            stash:
              url: {{stashUrl}}
              apiKey: {{Quote(stashKey)}}
              pathMap:
                - { from: {{Quote(mappedFrom)}}, to: {{Quote(mappedTo)}} }
            vlm:
              model: {{Quote(options.Vlm.Models[0])}}
              endpoints:
            {{string.Join("\n", vlmUrls.Select((url, i) => Endpoint($"simulated-{i + 1}", url, options)))}}
            video: { frameInterval: {{Milliseconds(options.FrameInterval)}}, sampling: {{options.Sampling}} }
            markers: { maxGap: 3s }
            sweep: { enabled: false, watch: "" }
            storage: { dataDir: data }
            server: { listen: "http://127.0.0.1:0" }
            logging: { level: Information }
            tags:
            """
        );
        foreach (var tag in TagLegend.Tags)
        {
            yaml.AppendLine($"  {tag}: {{ description: {Quote(TagLegend.DescriptionOf(tag))} }}");
        }

        return yaml.ToString();
    }

    private static string Endpoint(string name, string url, DemoEnvironmentOptions options) =>
        $$"""    - { name: {{name}}, baseUrl: "{{url}}", apiKey: {{Quote(options.Vlm.ApiKey)}}, maxConcurrent: {{options.MaxConcurrent}}, timeout: 10s }""";

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + "ms";
}

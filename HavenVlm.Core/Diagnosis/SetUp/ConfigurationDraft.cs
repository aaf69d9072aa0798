using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Diagnosis.SetUp;

/// <summary>A first configuration, written with comments for its reader.</summary>
public sealed record ConfigurationDraft
{
    private static readonly JsonSerializerOptions Text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Stash: address, key and path mappings.</summary>
    public StashOptions Stash { get; init; } = new();

    /// <summary>The endpoints; the model is in each or in <see cref="Model"/>.</summary>
    public IReadOnlyList<EndpointOptions> Endpoints { get; init; } = [];

    /// <summary>The model for endpoints without one.</summary>
    public string Model { get; init; } = "";

    /// <summary>Tags and what they mean.</summary>
    public IReadOnlyList<(string Name, string Description)> Tags { get; init; } = [];

    /// <summary>The text of <c>haven.yaml</c>; reads back as what is drafted.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        text.Append(
            """
            # Haven VLM: what `haven init` was told and found. Whatever is left out here has its default; haven.sample.yaml and
            # docs/configuration.md list every setting. `haven config check` names every mistake with its line.
            # This file holds keys: keep it readable for yourself alone.


            """
        );
        WriteStash(text);
        WriteModels(text);
        WriteTags(text);
        text.Append(
            """

            # video: { sampling: adaptive }   # closer looks where something changes; `linear` looks every two seconds, for about seven times the requests
            # markers: { maxGap: 6s, minMarkerDuration: 1s }   # what is bridged, and what is too short to be a marker
            # server: { listen: "http://127.0.0.1:7071" }      # http://*:7071 lets other machines in; a key is made then

            """
        );
        return text.ToString().ReplaceLineEndings("\n");
    }

    private void WriteStash(StringBuilder text)
    {
        text.Append("stash:\n");
        text.Append($"  url: {Quote(Stash.Url)}\n");
        text.Append($"  apiKey: {Quote(Stash.ApiKey)} # Stash: Settings > Security; empty when Stash has no password\n");
        if (Stash.PathMap.Count == 0)
        {
            text.Append("  # pathMap: # when Stash's path of a file is not the path here\n");
            text.Append("  #   - { from: /data, to: /mnt/media }\n");
            return;
        }

        text.Append("  pathMap: # Stash's path prefix -> this machine's\n");
        foreach (var mapping in Stash.PathMap)
        {
            text.Append($"    - {{ from: {Quote(mapping.From)}, to: {Quote(mapping.To)} }}\n");
        }
    }

    private void WriteModels(StringBuilder text)
    {
        text.Append("\nvlm:\n");
        text.Append($"  model: {Quote(Model)} # as the server names it\n");
        text.Append(
            Endpoints.Count == 0
                ? "  endpoints: []\n"
                : "  endpoints: # add more and they share the work; see weight, maxConcurrent, isFallback and hours\n"
        );
        foreach (var endpoint in Endpoints)
        {
            text.Append($"    - name: {Quote(endpoint.Name)}\n");
            text.Append($"      baseUrl: {Quote(endpoint.BaseUrl)}\n");
            text.Append($"      apiKey: {Quote(endpoint.ApiKey)}\n");
            if (endpoint.Model.Length > 0)
            {
                text.Append($"      model: {Quote(endpoint.Model)}\n");
            }

            text.Append("      # maxConcurrent: 4 # requests at once; left out it is found by adapting\n");
        }
    }

    private void WriteTags(StringBuilder text)
    {
        text.Append("\ntags: # what to find; a description helps the model more than a name\n");
        foreach (var (name, description) in Tags)
        {
            var meaning = description.Length == 0 ? "{}" : $"{{ description: {Quote(OneLine(description))} }}";
            text.Append($"  {Quote(name)}: {meaning}\n");
        }

        if (Tags.Count == 0)
        {
            text.Append("  {}\n");
        }
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Text in quotes. What JSON quotes, YAML reads; a few characters that JSON leaves alone are no part of YAML and are escaped by hand.</summary>
    internal static string Quote(string text)
    {
        var quoted = JsonSerializer.Serialize(text, Text);
        return string.Concat(
            quoted.Select(c => c is '\u0085' or '\u2028' or '\u2029' or '\ufeff' or '\u007f' ? $"\\u{(int)c:x4}" : c.ToString())
        );
    }
}

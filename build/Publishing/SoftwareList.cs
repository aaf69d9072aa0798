using System.Text;
using System.Text.Json;

namespace HavenVlm.Build.Publishing;

/// <summary>Writes what is inside a program, as CycloneDX 1.5.</summary>
internal static class SoftwareList
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>The list as JSON, each package once, in the order of names.</summary>
    public static string Write(string program, IEnumerable<Component> components)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            json.WriteStartObject();
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.5");
            json.WriteNumber("version", 1);
            json.WriteStartObject("metadata");
            json.WriteStartObject("component");
            json.WriteString("type", "application");
            json.WriteString("name", program);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartArray("components");
            foreach (var component in components.Distinct().OrderBy(component => component.Name, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("type", "library");
                json.WriteString("bom-ref", component.Purl);
                json.WriteString("name", component.Name);
                json.WriteString("version", component.Version);
                json.WriteString("purl", component.Purl);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}

using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using HavenVlm.Core.Configuration.Binding;

namespace HavenVlm.Core.Configuration.Reference;

/// <summary>The descriptions of the options, from the compiler's documentation file: there is one text for code and users.</summary>
internal sealed partial class XmlDescriptions
{
    private readonly Dictionary<string, XElement> _summaries;

    private XmlDescriptions(Dictionary<string, XElement> summaries) => _summaries = summaries;

    /// <summary>Reads the documentation file of the assembly that holds the options.</summary>
    public static XmlDescriptions Load(string documentationFile) =>
        new(
            XDocument
                .Load(documentationFile)
                .Descendants("member")
                .Where(member => member.Element("summary") is not null)
                .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!, StringComparer.Ordinal)
        );

    /// <summary>What a property is, as plain text.</summary>
    /// <exception cref="KeyNotFoundException">It has no documentation.</exception>
    public string OfProperty(PropertyInfo property) => Text(_summaries[$"P:{property.DeclaringType!.FullName}.{property.Name}"]);

    /// <summary>What an enumeration's value means, as plain text.</summary>
    /// <exception cref="KeyNotFoundException">It has no documentation.</exception>
    public string OfValue(Type type, string value) => Text(_summaries[$"F:{type.FullName}.{value}"]);

    private static string Text(XElement element) => Whitespace().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see => Key(see.Attribute("cref")!.Value),
            XElement element => element.Value,
            _ => "",
        };

    // The path of a setting when the reference is to one in a group of its own, else its name.
    private static string Key(string reference)
    {
        var parts = reference.Split('.');
        var group = SettingTree.Root.Settings.FirstOrDefault(setting =>
            setting.Shape is GroupShape shape && shape.Type.Name.Equals(parts[^2], StringComparison.Ordinal)
        );
        var name = KeyPath.Camel(parts[^1]);
        return group is null ? name : KeyPath.Child(group.Key, name);
    }

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Whitespace();
}

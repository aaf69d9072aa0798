using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Editing;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Configuration.Editing;

/// <summary>Configurations written in every style a person may choose, edited.</summary>
public sealed class YamlEditorProperties
{
    private static readonly string[] Names = ["Kissing", "Hugging", "Two words", "ä: # [x]", "5%", "true", "x\"y'z", "😀"];
    private static readonly string[] Keys = ["threshold", "maxGap", "minMarkerDuration"];
    private static readonly string[] Others = ["description", "rename"];

    [Fact]
    public void The_edited_file_reads_back_as_meant_and_every_other_line_stays_to_the_byte() =>
        Prop.ForAll(
                Text.ToArbitrary(),
                Gen.Elements(Names).ArrayOf(2).ToArbitrary(),
                Gen.Choose(1, 999).Two().ToArbitrary(),
                (text, tags, numbers) =>
                {
                    var changes = tags.Distinct()
                        .Select(
                            (tag, i) =>
                                new TagSettingsChange
                                {
                                    Tag = tag,
                                    Threshold = (i == 0 ? numbers.Item1 : numbers.Item2) / 1000.0,
                                    MaxGap = i == 0 ? null : MarkerDuration.OfTime(TimeSpan.FromMilliseconds(numbers.Item1 * 100)),
                                }
                        )
                        .ToList();
                    var wanted = new WantedValues();
                    foreach (var change in changes)
                    {
                        var below = wanted.Below("tags").Below(change.Tag);
                        change.Written().ToList().ForEach(written => below.Set(written.Key, written.Value));
                    }

                    var edited = YamlEditor.Set(text, wanted);

                    return Tags(edited).SetEquals(Expected(text, changes))
                        && LinesLost(text, edited) <= changes.Sum(c => c.Written().Count());
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void No_text_makes_the_editor_do_anything_but_edit_or_refuse() =>
        Prop.ForAll(
                Text.ToArbitrary(),
                Gen.Choose(0, 300).ToArbitrary(),
                Gen.Elements("", "{", "}", ":", "#", "\n", "- ", "&a ", "*a", "|", "\"", "\t", "? ", "<<: ").ToArbitrary(),
                (text, at, insertion) =>
                {
                    var broken = text.Insert(Math.Min(at, text.Length), insertion);
                    try
                    {
                        // As the editor is used: on what reads as a configuration only.
                        _ = Configurations.Load(broken);
                    }
                    catch (ConfigurationException)
                    {
                        return true;
                    }

                    var wanted = new WantedValues();
                    wanted.Below("tags").Below("Kissing").Set("threshold", "0.5");
                    try
                    {
                        _ = YamlEditor.Set(broken, wanted);
                        return true;
                    }
                    catch (YamlEditException e)
                    {
                        return e.Message.Length > 0;
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

    private static HashSet<string> Tags(string text) => [.. Configurations.Options(text).Tags.Select(tag => $"{tag.Key} {tag.Value}")];

    private static HashSet<string> Expected(string text, List<TagSettingsChange> changes)
    {
        var tags = new Dictionary<string, TagOptions>(Configurations.Options(text).Tags, StringComparer.OrdinalIgnoreCase);
        changes.ForEach(change => tags[change.Tag] = change.Apply(tags.GetValueOrDefault(change.Tag) ?? new TagOptions()));
        return [.. tags.Select(tag => $"{tag.Key} {tag.Value}")];
    }

    /// <summary>Lines that are no longer there as they were, in their order: all but the longest common subsequence.</summary>
    private static int LinesLost(string before, string after)
    {
        var old = before.Split('\n');
        var lines = after.Split('\n');
        var above = new int[lines.Length + 1];
        foreach (var line in old)
        {
            var row = new int[lines.Length + 1];
            for (var j = 1; j <= lines.Length; j++)
            {
                row[j] = line.Equals(lines[j - 1], StringComparison.Ordinal) ? above[j - 1] + 1 : Math.Max(above[j], row[j - 1]);
            }

            above = row;
        }

        return old.Length - above[^1];
    }

    private static Gen<string> Text =>
        from names in Gen.Elements(Names).ArrayOf(4)
        from styles in Gen.Choose(0, 5).ArrayOf(4)
        from entries in Entries.ArrayOf(4)
        from comments in Gen.Elements("", " # a comment: { \"x\" }", "   #").ArrayOf(6)
        from indent in Gen.Elements(1, 2, 3, 4)
        from inline in Gen.Choose(0, 4)
        from before in Gen.Elements("", "# head\n", "video: { frameInterval: 2s }\n\n", "---\n")
        from behind in Gen.Elements("", "\n# end\n", "video: { frameInterval: 2s }\n", "vlm:\n  prompt: |\n    {tags}\n\n")
        from crlf in Gen.Elements(true, false)
        from last in Gen.Elements("\n", "")
        let unique = names.Distinct().ToArray()
        let tags = unique.Select((name, i) => Tag(name, styles[i], entries[i], comments[i], new string(' ', indent), flow: inline == 0))
        let body = inline == 0
            ? "tags: { " + string.Join(", ", tags) + " }" + comments[4]
            : "tags:" + comments[4] + "\n" + string.Join("\n", tags)
        let text = before.StartsWith("video", StringComparison.Ordinal) && behind.StartsWith("video", StringComparison.Ordinal)
            ? before + body + last
            : before + body + (behind.Length > 0 ? "\n" + behind : last)
        select crlf ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;

    private static Gen<(string Key, string Value)[]> Entries =>
        from keys in Gen.Elements(Keys.Concat(Others).ToArray()).ArrayOf(3)
        from values in Gen.Choose(1, 9).ArrayOf(3)
        from quotes in Gen.Elements("", "\"", "'").ArrayOf(3)
        select keys.Distinct().Select((key, i) => (key, Value(key, values[i], quotes[i]))).ToArray();

    private static string Value(string key, int number, string quote) =>
        key switch
        {
            // Numbers may not stand in quotes.
            "threshold" => $"0.{number}",
            "description" => $"{quote}some words {number}{quote}",
            "rename" => $"{quote}Other{number}{quote}",
            _ => $"{quote}{number}s{quote}",
        };

    private static string Tag(string name, int style, (string Key, string Value)[] entries, string comment, string indent, bool flow)
    {
        var key = YamlWords.Key(name, quoted: style % 2 == 1);
        var inline = "{ " + string.Join(", ", entries.Select(e => $"{e.Key}: {e.Value}")) + " }";
        if (flow)
        {
            return $"{key}: {(style < 2 ? "{}" : inline)}";
        }

        return style switch
        {
            0 => $"{indent}{key}: {{}}{comment}",
            1 => $"{indent}{key}:{comment}",
            2 => $"{indent}{key}: {inline}{comment}",
            3 => $"{indent}{key}: ~{comment}",
            _ => $"{indent}{key}:{comment}\n" + string.Join("\n", entries.Select(e => $"{indent}{indent}{e.Key}: {e.Value}{comment}")),
        };
    }
}

using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Prompting;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>
/// Makes examples for fine-tuning of an entry. Only pictures about which the model was asked and of which is known what the right answer
/// is: a picture inside a wrong marker that the model did not give that tag was answered right, and one of several tags of an image may be
/// the wrong one.
/// </summary>
internal static class FineTuning
{
    public static IEnumerable<FineTuneExample> Of(ExportEntry entry, VlmQuestion? question)
    {
        if (question is null)
        {
            yield break;
        }

        var isRight = entry.Verdict is ExportVerdict.Right;
        foreach (var picture in entry.Pictures)
        {
            if (picture.Answer is not { Tags: { } answered } answer)
            {
                continue;
            }

            IReadOnlyList<string> said = [.. answered.Keys.Order(StringComparer.Ordinal)];
            var wrong = entry.Marker?.AskedFor ?? (said.Count == 1 ? said : []);
            if (
                isRight
                    ? entry.Marker is not null && !said.Intersect(wrong, StringComparer.Ordinal).Any()
                    : !said.Intersect(wrong, StringComparer.Ordinal).Any()
            )
            {
                continue;
            }

            var asked = question.Tags.Where(tag => answer.Asked.Contains(tag.Name, StringComparer.Ordinal)).ToList();
            yield return new FineTuneExample
            {
                Image = picture.File,
                Prompt = Prompt.Build(question with { Tags = asked }, pictures: 1),
                Tags = [.. asked.Select(tag => tag.Name)],
                Wrong = isRight ? null : said,
                Corrected = isRight ? said : [.. said.Except(wrong, StringComparer.Ordinal)],
            };
        }
    }
}

/// <summary>What a person says about an entry.</summary>
internal static class ExportVerdict
{
    public const string Incorrect = "incorrect";
    public const string Right = "right";
}

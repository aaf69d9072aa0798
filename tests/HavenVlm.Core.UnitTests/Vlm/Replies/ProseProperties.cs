using System.Globalization;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Vlm.Replies;

/// <summary>Texts from a grammar that knows what they say: whatever is read out of one is what it says, and most of them are read.</summary>
public sealed class ProseProperties(ITestOutputHelper output)
{
    private const int Seed = 20261130;
    private static readonly int Texts = ReleaseTier.Runs ? 20_000 : 8_000;

    private static readonly TagNames Tags = new(ReplyCorpus.Tags);

    private static readonly string[] Affirming =
    [
        "{and} are visible",
        "{and} are both clearly visible",
        "I can see {and}",
        "The picture shows {and}",
        "In this frame they are {and}",
        "The couple is {and} in a park",
        "Present: {list}",
        "{one}: yes",
        "{one}: true",
        "{one}? Yes",
        "{one}? Yes, clearly",
        "{one} ✅",
        "{one} is present",
        "{one} applies",
        "{one} (yes)",
        "The tag {one} applies",
        "They are not only {one}, but also {one2}",
        "There is no doubt that they are {one}",
        "They appear to be {one}",
        "{one}: 0.9",
        "{one} - 90%",
        "{one}: 9/10",
        "{one} (high confidence: 0.9)",
        "Visible tags:\n- {one}\n- {one2}\n",
    ];

    private static readonly string[] Denying =
    [
        "There is no {or}",
        "There is no {list} or anything like it",
        "{and} are not present",
        "{and} are not present in this image",
        "The tags {and} do not apply",
        "{one} does not apply either",
        "Neither {one} nor {one2} is visible",
        "I do not see any {or}",
        "I don't see {or}",
        "I see no sign of {or}",
        "{one}: no",
        "{one}: No, it is not visible",
        "{one}? No",
        "{one}? Not in this picture",
        "{one} ❌",
        "{one} is absent",
        "{one} isn't there",
        "{one} cannot be seen",
        "{one} is not visible",
        "Not present: {list}",
        "Absent: {and}",
        "No {or} is happening",
        "Not visible:\n- {one}\n- {one2}\n",
        "Nobody is {or}",
    ];

    private static readonly string[] Mixed =
    [
        "They are {yes}, not {no}",
        "They are {yes}, but not {no}",
        "{yes} is visible, {no} is not",
        "{no} is not visible, but {yes} is",
        "{no} is not visible, {yes} is",
        "This is {yes} rather than {no}",
        "They are {yes} instead of {no}",
        "There is no {no}, but they are {yes}",
        "There is no {no}, they are {yes}",
        "I see {yes} without {no}",
        "{no}: no, {yes}: yes",
        "{no} - no; {yes} - yes",
        "{no}? No, they are {yes}",
        "{no}: No, they are only {yes}",
        "While {no} is absent, {yes} is present",
        "They are {yes} and {no} is not visible",
        "No {no} and {yes} is visible",
        "{yes}, {no} is not visible",
        "They stopped {no} and are {yes}",
    ];

    private static readonly string[] Doubting =
    [
        "They might be {one}",
        "It is unclear whether they are {one}",
        "They are {one} or {one2}",
        "They could be {one}",
        "Is it {one}",
        "{one}? Hard to tell",
        "It looks almost like {one}",
        "I am not sure about {one}",
        "I am 20% sure that it is {one}",
        "It is not true that there is no {one}",
        "They are about to start {one}",
        "Perhaps {one}",
    ];

    private static readonly string[] Fillers =
    [
        "Two people sit on a bench",
        "The picture shows a park in the evening",
        "The man wears a hat",
        "The light is warm",
        "Here is my answer",
    ];

    private static readonly string[] Separators = [". ", ".\n", "; ", "!\n\n", "\n"];

    [Fact]
    public void What_is_read_out_of_sentences_is_what_they_say()
    {
        var (clear, read, wrong) = (0, 0, new List<string>());
        var random = new Random(Seed);
        for (var i = 0; i < Texts; i++)
        {
            var text = Compose(random);
            var parsed = ReplyParser.Parse(new ChatReply { Content = text.Said }, new ReplyExpectation(Tags, 1));
            clear += text.IsDoubtful ? 0 : 1;
            if (parsed.Failure is not null)
            {
                continue;
            }

            read += text.IsDoubtful ? 0 : 1;
            var found = parsed.Pictures[0]!.Tags.Keys.Order(StringComparer.Ordinal);
            if (text.IsDoubtful || !found.SequenceEqual(text.Yes.Order(StringComparer.Ordinal)) || !text.IsAnswer)
            {
                wrong.Add($"{ReplyReading.Describe(parsed)} out of: {text.Said.ReplaceLineEndings("\\n")}");
            }
        }

        output.WriteLine($"{Texts} texts, {clear} of them clear, {read} of these read, {wrong.Count} wrongly");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        // Those that are not read are asked again; a reader that reads nothing would be right as well.
        Assert.True(read > clear / 2, $"{read} of {clear} clear texts were read");
    }

    [Theory]
    [InlineData("It is not true that {0}.")]
    [InlineData("It is unclear whether {0}.")]
    [InlineData("It might be that {0}.")]
    [InlineData("If {0}, the list is not empty.")]
    [InlineData("{0}? No.")]
    [InlineData("{0}? I can't tell.")]
    [InlineData("I do not think that {0}.")]
    [InlineData("Nobody would say that {0}.")]
    public void A_sentence_that_is_taken_back_or_left_open_gives_no_tag(string frame)
    {
        var wrong = new List<string>();
        foreach (
            var template in Affirming.Where(template =>
                !template.Contains('\n', StringComparison.Ordinal) && !template.Contains('?', StringComparison.Ordinal)
            )
        )
        {
            var sentence = Fill(template, new Queue<string>(ReplyCorpus.Tags), []);
            var text = string.Format(CultureInfo.InvariantCulture, frame, sentence);
            var parsed = ReplyParser.Parse(new ChatReply { Content = text }, new ReplyExpectation(Tags, 1));
            if (parsed.Failure is null && parsed.Pictures[0]!.Tags.Count > 0)
            {
                wrong.Add($"{ReplyReading.Describe(parsed)} out of: {text}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static Text Compose(Random random)
    {
        var tags = new Queue<string>(ReplyCorpus.Tags.OrderBy(_ => random.Next()));
        var (said, yes, no, isDoubtful) = ("", new List<string>(), new List<string>(), false);
        for (var i = random.Next(1, 5); i > 0 && tags.Count >= 3; i--)
        {
            var (table, list) = random.Next(10) switch
            {
                < 3 => (Affirming, yes),
                < 6 => (Denying, no),
                < 8 => (Mixed, yes),
                < 9 => (Fillers, []),
                _ => (Doubting, []),
            };
            isDoubtful |= table == Doubting;
            if (table == Mixed)
            {
                var (shown, absent) = (tags.Dequeue(), tags.Dequeue());
                yes.Add(shown);
                no.Add(absent);
                said += Mixed[random.Next(Mixed.Length)]
                    .Replace("{yes}", shown, StringComparison.Ordinal)
                    .Replace("{no}", absent, StringComparison.Ordinal);
            }
            else
            {
                said += Fill(table[random.Next(table.Length)], tags, list);
            }

            said +=
                table == Doubting && said.Contains("Is it", StringComparison.Ordinal) ? "? " : Separators[random.Next(Separators.Length)];
        }

        return new Text(said, yes, no, isDoubtful);
    }

    private static string Fill(string template, Queue<string> tags, List<string> taken)
    {
        var wanted = template.Contains("{one2}", StringComparison.Ordinal) || !template.Contains("{one}", StringComparison.Ordinal) ? 2 : 1;
        var chosen = template.Contains('{', StringComparison.Ordinal)
            ? Enumerable.Range(0, wanted).Select(_ => tags.Dequeue()).ToArray()
            : [];
        taken.AddRange(chosen);
        return chosen.Length == 0
            ? template
            : template
                .Replace("{and}", string.Join(" and ", chosen), StringComparison.Ordinal)
                .Replace("{or}", string.Join(" or ", chosen), StringComparison.Ordinal)
                .Replace("{list}", string.Join(", ", chosen), StringComparison.Ordinal)
                .Replace("{one}", chosen[0], StringComparison.Ordinal)
                .Replace("{one2}", chosen[^1], StringComparison.Ordinal);
    }

    private sealed record Text(string Said, IReadOnlyList<string> Yes, IReadOnlyList<string> No, bool IsDoubtful)
    {
        /// <summary>Whether it answers: it names a tag that is there, or denies every one.</summary>
        public bool IsAnswer => Yes.Count > 0 || No.Count == ReplyCorpus.Tags.Length;
    }
}

using System.Globalization;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Vlm.Replies;

/// <summary>What a reply was read as, in one line: <c>Kissing 0.9, Waving + 1 unknown; none; -</c>, or the kind of failure.</summary>
internal static class ReplyReading
{
    public static string Of(string content, int pictures = 1, string[]? tags = null) =>
        Describe(
            ReplyParser.Parse(new ChatReply { Content = content }, new ReplyExpectation(new TagNames(tags ?? ReplyCorpus.Tags), pictures))
        );

    public static string Describe(ParsedReply parsed) =>
        parsed.Failure is { } failure ? failure.ToString() : string.Join("; ", parsed.Pictures.Select(Describe));

    private static string Describe(PictureReading? picture)
    {
        if (picture is null)
        {
            return "-";
        }

        // 0.99 is what a tag gets that came without a confidence.
        var tags = picture.Tags.Select(tag =>
            tag.Value.Equals(0.99) ? tag.Key : string.Create(CultureInfo.InvariantCulture, $"{tag.Key} {tag.Value:0.##}")
        );
        return (picture.Tags.Count == 0 ? "none" : string.Join(", ", tags))
            + (picture.UnknownTags == 0 ? "" : $" + {picture.UnknownTags} unknown");
    }
}

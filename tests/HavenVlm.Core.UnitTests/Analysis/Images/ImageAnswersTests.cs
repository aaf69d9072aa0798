using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Images;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.Frames;

namespace HavenVlm.Core.UnitTests.Analysis.Images;

/// <summary>From logged answers to an image's tags, and what must be asked.</summary>
public sealed class ImageAnswersTests : IDisposable
{
    private const string Image = "d41d8cd98f00b204e9800998ecf8427e";
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_tag_counts_from_the_images_threshold_on_or_from_its_own()
    {
        var settings = SettingsOf(
            new()
            {
                ["Kissing"] = new(),
                ["Waving"] = new() { Threshold = 0.9 },
                ["Hugging"] = new() { Threshold = 0.1 },
            }
        );
        var answers = await OfAsync(settings, Said(0, settings, ("Kissing", 0.5), ("Waving", 0.89), ("Hugging", 0.1)));
        Assert.Equal(["Kissing", "Hugging"], answers.TagNames());
        answers = await OfAsync(settings, Said(0, settings, ("Kissing", 0.49), ("Waving", 0.9)));
        Assert.Equal(["Waving"], answers.TagNames());
    }

    [Fact]
    public async Task A_tag_that_is_seen_at_one_of_several_looks_counts()
    {
        var settings = Settings("Kissing", "Waving");
        var answers = await OfAsync(settings, [Seconds(1), Seconds(2)], Said(1, settings), Said(2, settings, ("Waving", 0.8)));
        Assert.Equal(["Waving"], answers.TagNames());
        Assert.Null(answers.Failure);
        Assert.Empty(answers.Missing);
    }

    [Fact]
    public async Task Of_an_exclusive_category_the_most_certain_counts_of_equals_the_first()
    {
        var settings = SettingsOf(
            new()
            {
                ["Kissing"] = Exclusive(),
                ["Waving"] = Exclusive(),
                ["Hugging"] = new(),
            },
            new Dictionary<string, CategoryOptions> { ["acts"] = new() { Exclusive = true } }
        );
        var answers = await OfAsync(settings, Said(0, settings, ("Kissing", 0.6), ("Waving", 0.7), ("Hugging", 0.6)));
        Assert.Equal(["Waving", "Hugging"], answers.TagNames());
        answers = await OfAsync(settings, Said(0, settings, ("Kissing", 0.7), ("Waving", 0.7)));
        Assert.Equal(["Kissing"], answers.TagNames());

        static TagOptions Exclusive() => new() { Category = "acts" };
    }

    [Fact]
    public async Task Several_tags_may_be_one_in_Stash()
    {
        var settings = SettingsOf(
            new()
            {
                ["Kissing"] = new() { Rename = "Love" },
                ["Hugging"] = new() { Rename = "love" },
                ["Waving"] = new(),
            }
        );
        var answers = await OfAsync(settings, Said(0, settings, ("Kissing", 0.6), ("Hugging", 0.7), ("Waving", 1)));
        Assert.Equal(["Love", "Waving"], answers.TagNames());
    }

    [Fact]
    public async Task Unanswered_is_never_nothing_found()
    {
        var settings = Settings("Kissing");
        var answers = await OfAsync(settings, Unanswered(0, VocabularyOf(settings), "run") with { Of = Image });
        Assert.Equal("It stayed unanswered: empty reply", answers.Failure);
        Assert.Empty(answers.Missing);
    }

    [Fact]
    public async Task Even_when_all_may_stay_unanswered_one_look_must_be_answered()
    {
        var settings = Settings("Kissing") with { MaxUnanswered = 1 };
        Assert.NotNull((await OfAsync(settings, Unanswered(0, VocabularyOf(settings), "run") with { Of = Image })).Failure);
    }

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(0.3, true)]
    public async Task Of_several_looks_a_share_may_stay_unanswered(double share, bool fails)
    {
        var settings = Settings("Kissing") with { MaxUnanswered = share };
        var answers = await OfAsync(
            settings,
            [Seconds(1), Seconds(2)],
            Said(1, settings, ("Kissing", 1)),
            Unanswered(2, VocabularyOf(settings), "run") with
            {
                Of = Image,
            }
        );
        Assert.Equal(fails, answers.Failure is not null);
        Assert.Equal(["Kissing"], answers.TagNames());
    }

    [Fact]
    public async Task What_stayed_unanswered_is_asked_again_by_another_run_only()
    {
        var settings = Settings("Kissing");
        var record = Unanswered(0, VocabularyOf(settings), "run") with { Of = Image };
        Assert.Empty((await OfAsync(settings, record)).Missing);
        Assert.Equal(["Kissing"], Assert.Single((await OfAsync(settings with { Run = "another" }, record)).Missing).Tags);
    }

    [Fact]
    public async Task A_new_tag_asks_for_itself_alone_with_one_tag_for_each_picture_for_all()
    {
        var before = Settings("Kissing");
        var after = Settings("Kissing", "Waving");
        Assert.Equal(["Waving"], Assert.Single((await OfAsync(after, Said(0, before, ("Kissing", 1)))).Missing).Tags);
        var single = after with { Question = after.Question with { Selection = TagSelection.Single } };
        Assert.Equal(["Kissing", "Waving"], Assert.Single((await OfAsync(single, Said(0, before, ("Kissing", 1)))).Missing).Tags);
    }

    [Fact]
    public async Task Images_that_share_a_log_know_nothing_of_each_other()
    {
        var settings = Settings("Kissing");
        var answers = await OfAsync(settings, Said(0, settings, ("Kissing", 1)) with { Of = "another" });
        Assert.Single(answers.Missing);
    }

    [Fact]
    public async Task Reads_evicted_records_again_from_the_file()
    {
        var settings = Settings("Kissing");
        var key = settings.KeyOf(Image);
        await using (var log = await Logs().OpenAsync(key, CancellationToken.None))
        {
            await log.AppendAsync(Said(0, settings, ("Kissing", 1)), CancellationToken.None);
            await log.AppendAsync(Said(0, settings) with { Of = "another" }, CancellationToken.None);
            log.AddLooks(Image, [Seconds(0.5), Seconds(1.5)]);
            log.AddLooks(Image, [Seconds(9)]);
            log.Forget(Image, "token");
            await log.AppendAsync(Said(0.5, settings, ("Kissing", 0.7)), CancellationToken.None);
            log.Forget(Image, "token");
        }

        await using var again = await Logs().OpenAsync(key, CancellationToken.None);
        Assert.Equal(0, again.UnreadableLines);
        Assert.Equal([Seconds(0.5), Seconds(1.5)], again.LooksOf(Image));
        Assert.Equal(Seconds(0.5), Assert.Single(again.RecordsOf(Image)).Planned);
        Assert.Single(again.RecordsOf("another"));
        Assert.Equal(Seconds(1.5), Assert.Single(ImageAnswers.Of(settings, again, Image).Missing).Time);
        again.Forget(Image, "a further one");
        Assert.Empty(again.RecordsOf(Image));
    }

    [Fact]
    public void Needs_nothing_without_tags() =>
        Assert.Contains(
            "`tags`",
            Assert.Throws<PermanentFailureException>(() => ImageSettings.Of(new HavenOptions(), "run")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_log_depends_on_model_and_picture_size_but_not_on_the_tags()
    {
        var one = Settings("Kissing");
        Assert.Equal(one.KeyOf(Image), Settings("Waving", "Hugging").KeyOf(Image));
        Assert.NotEqual(one.KeyOf(Image), (one with { Model = "another" }).KeyOf(Image));
        var smaller = ImageSettings.Of(Options(new() { ["Kissing"] = new() }) with { Vlm = new VlmOptions { MaxImageSize = 512 } }, "run");
        Assert.NotEqual(one.QuestionHash, smaller.QuestionHash);
    }

    private static ImageSettings Settings(params string[] tags) => SettingsOf(tags.ToDictionary(tag => tag, _ => new TagOptions()));

    private static ImageSettings SettingsOf(
        Dictionary<string, TagOptions> tags,
        IReadOnlyDictionary<string, CategoryOptions>? categories = null
    ) => ImageSettings.Of(Options(tags) with { Categories = categories ?? new Dictionary<string, CategoryOptions>() }, "run");

    private static HavenOptions Options(Dictionary<string, TagOptions> tags) => new() { Tags = tags };

    private static Vocabulary VocabularyOf(ImageSettings settings) => WantedTag.VocabularyOf(settings.Wanted);

    private static FrameRecord Said(double time, ImageSettings settings, params (string Tag, double Confidence)[] tags) =>
        Answered(time, VocabularyOf(settings), tags) with
        {
            Of = Image,
        };

    private AnalysisLogs Logs() => new(_folder.Store, TimeProvider.System);

    private Task<ImageAnswers> OfAsync(ImageSettings settings, params FrameRecord[] records) => OfAsync(settings, [], records);

    private async Task<ImageAnswers> OfAsync(ImageSettings settings, IReadOnlyList<TimeSpan> looks, params FrameRecord[] records)
    {
        // A log of its own for each call.
        await using var log = await Logs().OpenAsync(new AnalysisKey($"test{Guid.NewGuid():n}", "m", "q"), CancellationToken.None);
        if (looks.Count > 0)
        {
            log.AddLooks(Image, looks);
        }

        foreach (var record in records)
        {
            await log.AppendAsync(record, CancellationToken.None);
        }

        return ImageAnswers.Of(settings, log, Image);
    }
}

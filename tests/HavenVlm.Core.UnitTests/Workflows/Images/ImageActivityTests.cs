using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.UnitTests.Workflows.Images;

/// <summary>A run over images up to its answers, and what it leaves in Stash when it fails.</summary>
public sealed class ImageActivityTests : IAsyncLifetime
{
    private static readonly ImageRunInput Run = new(InstanceId.Known("images-1"), "run");
    private StashCore _core = null!;

    public async ValueTask InitializeAsync() =>
        _core = await StashCore.OpenAsync(change: options => options with { Images = options.Images with { BatchSize = 2 } });

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task Tagged_images_and_those_of_tagged_galleries_are_listed_once_in_chunks()
    {
        _core.AddImage("1", "VLM_TagMe");
        var inBoth = int.Parse(_core.AddImage("2", "VLM_TagMe"), System.Globalization.CultureInfo.InvariantCulture);
        var inGallery = int.Parse(_core.AddImage("3"), System.Globalization.CultureInfo.InvariantCulture);
        _core.AddImage("4");
        var gallery = _core.Library.AddGallery("Holiday", inBoth, inGallery);
        _core.Library.TagGallery(gallery.Id, _core.Library.EnsureTag("VLM_TagMe").Id);

        var prepared = await PrepareAsync(new ImageRequest());

        Assert.Equal((3, 2, 2), (prepared.Total, prepared.Chunks, prepared.BatchSize));
        var store = _core.Get<ImageRequestStore>();
        List<string> listed =
        [
            .. await store.ReadIdsAsync(Run, 0, CancellationToken.None),
            .. await store.ReadIdsAsync(Run, 1, CancellationToken.None),
        ];
        Assert.Equal(["1", "2", "3"], listed.Select(TitleOf).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_repeated_call_keeps_the_list_although_the_library_changed()
    {
        _core.AddImage("1", "VLM_TagMe");
        await PrepareAsync(new ImageRequest());
        _core.AddImage("2", "VLM_TagMe");

        Assert.Equal(1, (await PrepareAsync(new ImageRequest())).Total);
    }

    [Fact]
    public async Task Images_of_a_run_that_failed_are_marked_and_no_longer_requested()
    {
        var image = _core.AddImage("1", "VLM_TagMe", "Holiday");
        await PrepareAsync(new ImageRequest());

        var failed = await FailAsync("no endpoint");

        Assert.Equal(1, failed.Failed);
        Assert.Equal("Holiday,VLM_Errored", TagsOf(image));
    }

    [Fact]
    public async Task In_a_dry_run_they_are_counted_and_not_marked()
    {
        var image = _core.AddImage("1", "VLM_TagMe");
        await PrepareAsync(new ImageRequest { DryRun = true });

        Assert.Equal(1, (await FailAsync("no endpoint")).Failed);

        Assert.Equal("VLM_TagMe", TagsOf(image));
    }

    [Fact]
    public async Task An_image_whose_request_tag_was_taken_off_meanwhile_is_not_marked()
    {
        var image = _core.AddImage("1", "VLM_TagMe");
        await PrepareAsync(new ImageRequest());
        _core.Library.UntagImage(
            int.Parse(image, System.Globalization.CultureInfo.InvariantCulture),
            _core.Library.FindTag("VLM_TagMe")!.Id
        );

        Assert.Equal((0, 1), (await FailAsync("no endpoint") is var failed ? (failed.Failed, failed.Skipped) : default));
        Assert.Equal("", TagsOf(image));
    }

    [Fact]
    public async Task Of_an_instance_that_was_ended_nothing_is_marked()
    {
        var image = _core.AddImage("1", "VLM_TagMe");
        await PrepareAsync(new ImageRequest());
        _core.Instances.End("images-1", RuntimeStatus.Terminated, output: null);

        await FailAsync("no endpoint");

        Assert.Equal("VLM_TagMe", TagsOf(image));
    }

    [Fact]
    public async Task The_end_of_a_run_sums_up_its_chunks_and_a_repeated_call_says_the_same()
    {
        _core.AddImage("1", "VLM_TagMe");
        _core.AddImage("2", "VLM_TagMe");
        _core.AddImage("3", "VLM_TagMe");
        await PrepareAsync(new ImageRequest());
        await FailAsync("no endpoint", chunk: 0);
        await FailAsync("no endpoint", chunk: 1);

        var first = await _core.RunAsync<TagImagesOutput>(WorkflowNames.FinishImages, Run);
        var second = await _core.RunAsync<TagImagesOutput>(WorkflowNames.FinishImages, Run);

        Assert.Equal((3, 3), (first.Failed, first.Failures.Count));
        Assert.Equal((3, 3), (second.Failed, second.Failures.Count));
    }

    private async Task<ImagesPrepared> PrepareAsync(ImageRequest request)
    {
        await _core.Get<ImageRequestStore>().WriteRequestAsync("images-1", request, CancellationToken.None);
        await _core.Instances.StartAsync(WorkflowNames.TagImages, "images-1", new TagImagesInput(), CancellationToken.None);
        return await _core.RunAsync<ImagesPrepared>(WorkflowNames.PrepareImages, Run);
    }

    private Task<PublishImagesOutput> FailAsync(string reason, int chunk = 0) =>
        _core.RunAsync<PublishImagesOutput>(WorkflowNames.FailImages, new FailImagesInput(Run.InstanceId, Run.Run, chunk, reason));

    private string TitleOf(string image) =>
        _core.Library.Images[int.Parse(image, System.Globalization.CultureInfo.InvariantCulture)].Title!;

    private string TagsOf(string image) =>
        string.Join(
            ',',
            _core
                .Library.Images[int.Parse(image, System.Globalization.CultureInfo.InvariantCulture)]
                .TagIds.Select(id => _core.Library.Tags[id].Name)
                .Order(StringComparer.Ordinal)
        );
}

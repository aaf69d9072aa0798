using System.Collections.Immutable;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using LibraryFile = HavenVlm.Simulation.Stash.State.StashFile;

namespace HavenVlm.Core.UnitTests.Stash.Client;

public sealed class StashClientImagesTests
{
    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.Release28, StashVersion.New2026];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_image_comes_with_file_tags_and_galleries_and_a_clip_says_that_it_is_one(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var library = fixture.Stash.Library;
        var (tag, tagMe) = (library.AddTag("Kissing").Id, library.AddTag("VLM_TagMe").Id);
        var picture = library.AddImage("A picture", Picture("/media/a.jpg")).Id;
        var clip = library.AddImage("", Picture("/media/b.mp4") with { IsVideo = true, Duration = 7.5 }).Id;
        _ = library.TagImage(picture, tag);
        var gallery = library.AddGallery("A gallery", picture).Id;
        _ = library.TagGallery(gallery, tagMe);

        var images = await fixture.Client.FindImagesAsync([$"{picture}", $"{clip}", "999", "abc"], CancellationToken.None);

        Assert.Equal([$"{picture}", $"{clip}"], images.Keys.Order(StringComparer.Ordinal));
        var first = images[$"{picture}"];
        Assert.Equal(("A picture", true, false), (first.Title, first.HasTag($"{tag}"), first.HasTag($"{tagMe}")));
        Assert.True(first.IsAskedForBy([$"{tagMe}"]));
        var file = Assert.Single(first.VisualFiles);
        Assert.Equal(("ImageFile", "/media/a.jpg", 1234, 640, 480), (file.Kind, file.Path, file.Size, file.Width, file.Height));
        Assert.Equal(("d41d8cd98f00b204e9800998ecf8427e", null), (file.Fingerprint("MD5"), file.Duration));
        Assert.Equal(("VideoFile", 7.5), (images[$"{clip}"].VisualFiles[0].Kind, images[$"{clip}"].VisualFiles[0].Duration));
        Assert.False(images[$"{clip}"].IsAskedForBy([$"{tagMe}"]));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Images_with_one_of_two_tags_are_listed_once_and_page_by_page_also_when_they_lose_it_meanwhile(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var library = fixture.Stash.Library;
        var (one, two) = (library.AddTag("VLM_TagMe").Id, library.AddTag("VLM_UpdateMe").Id);
        var tagged = Enumerable.Range(0, 1010).Select(number => library.AddImage("", Picture($"/media/{number}.jpg")).Id).ToList();
        _ = library.AddImage("not asked for", Picture("/media/other.jpg"));
        tagged.ForEach(id => library.TagImage(id, id % 2 == 0 ? [one] : [one, two]));
        fixture.Stash.Requests.Clear();

        var found = new List<int>();
        await foreach (var id in fixture.Client.FindImageIdsByTagAsync([$"{one}", $"{two}"], CancellationToken.None))
        {
            found.Add(int.Parse(id));
            _ = library.UntagImage(found[^1], one, two);
        }

        Assert.Equal(tagged, found);
        Assert.Equal(2, fixture.Stash.Requests.All.Count);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Images_of_galleries_are_listed_without_those_that_carry_the_tag_themselves(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var library = fixture.Stash.Library;
        var tag = library.AddTag("VLM_TagMe").Id;
        var images = Enumerable.Range(0, 4).Select(number => library.AddImage("", Picture($"/media/{number}.jpg")).Id).ToList();
        var one = library.AddGallery("One", images[0], images[1]).Id;
        var two = library.AddGallery("Two", images[1], images[2]).Id;
        _ = library.AddGallery("Three", images[3]);
        _ = library.TagGallery(one, tag);
        _ = library.TagGallery(two, tag);
        _ = library.TagImage(images[0], tag);

        var galleries = await fixture.Client.FindGalleryIdsByTagAsync([$"{tag}"], CancellationToken.None).ToListAsync();
        var found = await fixture
            .Client.FindImageIdsOfGalleriesAsync(galleries, [$"{tag}"], CancellationToken.None)
            .ToListAsync(CancellationToken.None);

        Assert.Equal([$"{one}", $"{two}"], galleries);
        Assert.Equal([$"{images[1]}", $"{images[2]}"], found);
        var tags = await fixture.Client.FindGalleryTagsAsync([$"{one}", "999"], CancellationToken.None);
        Assert.True(Assert.Single(tags).Value.HasTag($"{tag}"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Of_calls_in_one_request_only_the_one_with_a_missing_id_fails(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var library = fixture.Stash.Library;
        var (tag, mine) = (library.AddTag("Kissing").Id, library.AddTag("Holiday").Id);
        var image = library.AddImage("", Picture("/media/a.jpg")).Id;
        _ = library.TagImage(image, mine);
        var gallery = library.AddGallery("A gallery").Id;
        _ = library.TagGallery(gallery, mine);

        var results = await fixture.Client.SendAsync(
            [
                StashClient.AddImageTagsCall(["999"], [$"{tag}"]),
                StashClient.AddImageTagsCall([$"{image}"], [$"{tag}"]),
                StashClient.RemoveGalleryTagsCall([$"{gallery}"], [$"{mine}"]),
            ],
            CancellationToken.None
        );

        Assert.Equal(0, Assert.Single(results.Errors).Call);
        Assert.Equal([tag, mine], library.Images[image].TagIds);
        Assert.Empty(library.Galleries[gallery].TagIds);
        _ = (await fixture.Client.SendAsync([StashClient.RemoveImageTagsCall([$"{image}"], [$"{tag}"])], CancellationToken.None)).OrThrow();
        Assert.Equal([mine], library.Images[image].TagIds);
    }

    private static LibraryFile Picture(string path) =>
        new(0, path, DateTimeOffset.UnixEpoch)
        {
            IsVideo = false,
            Size = 1234,
            Width = 640,
            Height = 480,
            Fingerprints = ImmutableSortedDictionary<string, string>.Empty.Add("md5", "d41d8cd98f00b204e9800998ecf8427e"),
        };
}

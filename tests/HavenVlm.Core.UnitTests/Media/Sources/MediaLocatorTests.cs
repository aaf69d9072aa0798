using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.UnitTests.Media.Sources;

public sealed class MediaLocatorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haven-locate-").FullName;

    [Theory]
    [InlineData("/data/media/a.mp4", "/data/media", "/mnt/x", "/mnt/x/a.mp4")]
    [InlineData("/data/media/sub/a.mp4", "/data/media/", "/mnt/x/", "/mnt/x/sub/a.mp4")]
    [InlineData("/data/media2/a.mp4", "/data/media", "/mnt/x", "/data/media2/a.mp4")]
    [InlineData("/Data/media/a.mp4", "/data/media", "/mnt/x", "/Data/media/a.mp4")]
    [InlineData("/data/we\\ird/a\\b.mp4", "/data", "/mnt", "/mnt/we\\ird/a\\b.mp4")]
    [InlineData(@"E:\media\sub\a.mp4", @"E:\media", "/mnt/media", "/mnt/media/sub/a.mp4")]
    [InlineData(@"E:\media\sub\a.mp4", "e:/Media", "/mnt/media", "/mnt/media/sub/a.mp4")]
    [InlineData(@"E:/media/sub\a.mp4", @"E:\media\", "/mnt/media", "/mnt/media/sub/a.mp4")]
    [InlineData(@"E:\a.mp4", @"E:\", "/mnt/e", "/mnt/e/a.mp4")]
    [InlineData(@"\\nas\share\a.mp4", @"\\nas\share", "/mnt/nas", "/mnt/nas/a.mp4")]
    [InlineData(@"\\nas\share\a.mp4", "//nas/share", "/mnt/nas", "/mnt/nas/a.mp4")]
    [InlineData("/data/media/a.mp4", "/data/media", @"Z:\media", @"Z:\media\a.mp4")]
    [InlineData("/data/media/a.mp4", "/data/media", @"\\nas\m", @"\\nas\m\a.mp4")]
    [InlineData("/data/a.mp4", "/", "/mnt", "/mnt/data/a.mp4")]
    [InlineData("/data/a.mp4", "/data", "/", "/a.mp4")]
    [InlineData("/data/a.mp4", "", "/mnt", "/data/a.mp4")]
    public void Whole_components_of_a_path_are_replaced(string path, string from, string to, string expected) =>
        Assert.Equal(expected, PathMapper.Map(path, [new PathMapping { From = from, To = to }]));

    [Fact]
    public void The_longest_prefix_wins_whatever_its_place()
    {
        var mappings = new[] { "/data", "/data/media/films", "/data/media" }
            .Select(from => new PathMapping { From = from, To = $"/mnt{from}" })
            .ToList();

        Assert.Equal("/mnt/data/media/films/a.mp4", PathMapper.Map("/data/media/films/a.mp4", mappings));
        Assert.Equal("/mnt/data/media/b.mp4", PathMapper.Map("/data/media/b.mp4", mappings));
    }

    [Theory]
    [InlineData("Caf\u00e9/Z\u00fcrich.mp4", "Cafe\u0301/Zu\u0308rich.mp4")]
    [InlineData("Cafe\u0301/Zu\u0308rich.mp4", "Caf\u00e9/Z\u00fcrich.mp4")]
    [InlineData("Caf\u00e9/Z\u00fcrich.mp4", "Caf\u00e9/Zu\u0308rich.mp4")]
    [InlineData("\u30d1.mp4", "\u30cf\u309a.mp4")]
    [InlineData("\u1ec7.mp4", "e\u0323\u0302.mp4")]
    [InlineData("\ud55c\uad6d \uac00.mp4", "\u1112\u1161\u11ab\u1100\u116e\u11a8 \u1100\u1161.mp4")]
    public void A_name_is_found_whichever_way_its_letters_are_composed(string inStash, string onDisk)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, onDisk))!);
        var path = Write(onDisk, 10);
        foreach (var media in new[] { MediaAccess.File, MediaAccess.Auto })
        {
            var location = MediaLocator.Locate(new MediaFile("8", $"/stash/{inStash}", 10), Mapped() with { Media = media });

            Assert.Equal(path, Assert.IsType<MediaLocation.LocalFile>(location).Path);
        }
    }

    [Fact]
    public void Another_name_is_not_taken_for_it()
    {
        _ = Write("Cafe.mp4", 10);

        _ = Assert.Throws<MediaException>(() =>
            MediaLocator.Locate(new MediaFile("8", "/stash/Caf\u00e9.mp4", 10), Mapped() with { Media = MediaAccess.File })
        );
    }

    [Fact]
    public void A_local_file_is_used_when_it_has_the_size_that_Stash_says()
    {
        var path = Write("a.mp4", 10);

        var location = MediaLocator.Locate(new MediaFile("8", "/stash/a.mp4", 10), Mapped());

        Assert.Equal(path, Assert.IsType<MediaLocation.LocalFile>(location).Path);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(0)]
    public void Another_file_under_the_same_name_is_not_trusted(long size)
    {
        Write("a.mp4", 10);

        var location = MediaLocator.Locate(new MediaFile("8", "/stash/a.mp4", size), Mapped());

        Assert.Equal("http://stash:9999/base/scene/8/stream", Assert.IsType<MediaLocation.RemoteMedia>(location).Address.ToString());
    }

    [Fact]
    public void Streaming_can_be_demanded()
    {
        Write("a.mp4", 10);

        var location = MediaLocator.Locate(new MediaFile("8", "/stash/a.mp4", 10), Mapped() with { Media = MediaAccess.Stream });

        Assert.IsType<MediaLocation.RemoteMedia>(location);
    }

    [Fact]
    public void Says_where_a_required_file_was_searched_and_what_to_fix()
    {
        var error = Assert.Throws<MediaException>(() =>
            MediaLocator.Locate(new MediaFile("8", "/stash/a.mp4", 10), Mapped() with { Media = MediaAccess.File })
        );

        Assert.Contains("/stash/a.mp4", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder, "a.mp4"), error.Message, StringComparison.Ordinal);
        Assert.Contains("stash.pathMap", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_is_read_from_its_file_or_from_its_address_in_Stash()
    {
        var path = Write("a.jpg", 10);

        var local = MediaLocator.LocateImage("8", "/stash/a.jpg", 10, Mapped());
        var other = MediaLocator.LocateImage("8", "/stash/a.jpg", 11, Mapped());

        Assert.Equal(path, Assert.IsType<MediaLocation.LocalFile>(local).Path);
        Assert.Equal("http://stash:9999/base/image/8/image", Assert.IsType<MediaLocation.RemoteMedia>(other).Address.ToString());
    }

    [Fact]
    public void A_picture_in_an_archive_comes_from_Stash_even_where_files_are_demanded()
    {
        Write("a.zip", 10);
        var files = Mapped() with { Media = MediaAccess.File };

        var inArchive = MediaLocator.LocateImage("8", "/stash/a.zip/inner/b.jpg", 10, files);
        var missing = Assert.Throws<MediaException>(() => MediaLocator.LocateImage("8", "/stash/inner/b.jpg", 10, files));

        Assert.IsType<MediaLocation.RemoteMedia>(inArchive);
        Assert.Contains("image 8", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_in_no_text_about_the_place()
    {
        var location = MediaLocator.Locate(new MediaFile("8", "/nowhere/a.mp4", 10), Mapped());

        Assert.DoesNotContain("planted-key", $"{location}", StringComparison.Ordinal);
        Assert.Equal("planted-key", Assert.IsType<MediaLocation.RemoteMedia>(location).ApiKey);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, int size)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, new byte[size]);
        return path;
    }

    private StashOptions Mapped() =>
        new()
        {
            Url = "http://stash:9999/base/",
            ApiKey = "planted-key",
            PathMap = [new PathMapping { From = "/stash", To = _folder }],
        };
}

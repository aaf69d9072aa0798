using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.UnitTests.Diagnosis.SetUp;

public sealed class PathMapFinderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haven-paths-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/data/videos/a/one.mp4", "videos/a/one.mp4", "/data")]
    [InlineData("/data/videos/a/one.mp4", "a/one.mp4", "/data/videos")]
    [InlineData("/data/videos/a/one.mp4", "one.mp4", "/data/videos/a")]
    [InlineData("/data/videos/a/one.mp4", "data/videos/a/one.mp4", "/")]
    [InlineData(@"E:\media\films\one.mp4", "films/one.mp4", @"E:\media")]
    [InlineData(@"E:\media\films\one.mp4", "media/films/one.mp4", "E:")]
    [InlineData(@"\\nas\share\films\one.mp4", "films/one.mp4", @"\\nas\share")]
    [InlineData("/data/Küche ☕/eins.mp4", "Küche ☕/eins.mp4", "/data")]
    public void The_end_of_the_path_that_is_here_makes_the_mapping(string there, string here, string from)
    {
        Write(here, 7);

        var found = Find([(there, 7)]);

        Assert.Equal((new PathMapping { From = from, To = _folder }, 1), found);
        Assert.Equal(Path.Combine(_folder, here), PathMapper.Map(there, [found!.Value.Mapping]));
    }

    [Fact]
    public void A_file_of_another_size_is_another_file()
    {
        Write("one.mp4", 8);

        Assert.Null(Find([("/data/one.mp4", 7)]));
    }

    [Fact]
    public void What_opens_most_files_wins()
    {
        // A file of the same name and size lies about in another folder too.
        Write("films/one.mp4", 7);
        Write("films/two.mp4", 8);
        Write("one.mp4", 7);

        var found = Find([("/data/films/one.mp4", 7), ("/data/films/two.mp4", 8), ("/data/gone.mp4", 9)]);

        Assert.Equal((new PathMapping { From = "/data", To = _folder }, 2), found);
    }

    [Fact]
    public void What_opens_already_needs_none()
    {
        Write("one.mp4", 7);

        Assert.Null(Find([(Path.Combine(_folder, "one.mp4"), 7)]));
        Assert.Null(
            new PathMapFinder([_folder], usual: false).Find(
                [("/data/one.mp4", 7)],
                [new PathMapping { From = "/data", To = _folder }],
                TestContext.Current.CancellationToken
            )
        );
    }

    [Fact]
    public void The_usual_places_are_looked_through_in_a_moment()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.Null(new PathMapFinder([]).Find([("/nowhere/at/all/here.mp4", 1)], [], TestContext.Current.CancellationToken));

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    private (PathMapping Mapping, int Files)? Find(IReadOnlyList<(string, long)> files) =>
        new PathMapFinder([_folder], usual: false).Find(files, [], TestContext.Current.CancellationToken);

    private void Write(string name, int size)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new byte[size]);
    }
}

using HavenVlm.Core.Tests.Media;

namespace HavenVlm.Core.Tests.Analysis;

public sealed class TrimmedFilmTests(MediaCorpus corpus)
{
    [Theory]
    [InlineData("mp4")]
    [InlineData("mov")]
    public async Task The_beginning_of_a_film_trimmed_without_reencoding_is_analyzed(string extension)
    {
        var path = await corpus.Make(
            $"base-film-trimmed.{extension}",
            async file => await SampleVideo.MakeAsync("-ss", "5", "-i", await corpus.BaseFilm(), "-c", "copy", file)
        );

        var result = await WholeAnalysis.RunAsync(path);

        Assert.Equal(["Kissing 1-7", "Hugging 10-16"], result.Words());
        Assert.Equal(19, result.Duration.TotalSeconds, 0.05);
    }
}

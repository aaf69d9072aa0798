using HavenVlm.Core.Configuration;
using HavenVlm.Core.Tests.Media;

namespace HavenVlm.Core.Tests.Analysis;

/// <summary>What <c>analyze</c> reports about a file is what <c>tag</c> writes to Stash about it.</summary>
public sealed class PlayerTimesTests(MediaCorpus corpus)
{
    [Fact]
    public async Task Times_of_pictures_that_begin_after_the_sound_count_from_the_sound()
    {
        var path = await corpus.Make(
            "late-pictures.mkv",
            async file =>
                await SampleVideo.MakeAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    "sine=d=27",
                    "-itsoffset",
                    "3",
                    "-i",
                    await corpus.BaseFilm(),
                    "-map",
                    "0",
                    "-map",
                    "1",
                    "-c:v",
                    "copy",
                    "-c:a",
                    "aac",
                    file
                )
        );

        var result = await WholeAnalysis.RunAsync(path);

        Assert.Equal(["Kissing 9-15", "Hugging 18-24"], result.Words());
        Assert.Equal(27, result.Duration.TotalSeconds, 0.1);
        Assert.Equal(3, result.Answers![0].T.TotalSeconds, 0.1);
        Assert.Null(result.Notes);
    }

    [Fact]
    public async Task A_file_that_was_cut_off_is_said_to_be()
    {
        var path = await corpus.Make(
            "cut-off.mp4",
            async file =>
            {
                var whole = await corpus.Make(
                    "to-cut-off.mp4",
                    async front =>
                        await SampleVideo.MakeAsync("-i", await corpus.BaseFilm(), "-c", "copy", "-movflags", "+faststart", front)
                );
                var bytes = await File.ReadAllBytesAsync(whole);
                await File.WriteAllBytesAsync(file, bytes[..(bytes.Length * 55 / 100)]);
            }
        );

        var result = await WholeAnalysis.RunAsync(path);

        Assert.Contains("says that it lasts 24 s", Assert.Single(result.Notes!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_film_that_is_taken_for_VR_by_its_name_is_said_to_be()
    {
        var path = await corpus.Make(
            "beach_180_LR.mp4",
            file => SampleVideo.MakeAsync("-f", "lavfi", "-i", "testsrc2=s=320x160:r=5:d=1", "-c:v", "libx264", file)
        );

        Assert.Contains(
            "assumed to be VR (side by side)",
            Assert.Single((await WholeAnalysis.RunAsync(path)).Notes!),
            StringComparison.Ordinal
        );
        Assert.Null((await WholeAnalysis.RunAsync(path, new VideoOptions { Vr = VrMode.Off })).Notes);
    }
}

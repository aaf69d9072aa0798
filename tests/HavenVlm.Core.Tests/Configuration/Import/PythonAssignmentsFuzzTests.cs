using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration.Import;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Configuration.Import;

/// <summary>An old file is somebody's program: whatever is in it, reading it ends, and soon.</summary>
public sealed class PythonAssignmentsFuzzTests
{
    [Fact]
    public void Whatever_is_in_a_file_it_ends_as_a_configuration_or_a_refusal() =>
        Prop.ForAll(
                Gen.OneOf(Mutated, Pieces).ToArbitrary(),
                source =>
                {
                    try
                    {
                        var import = OldFiles.Import(source);
                        return import.Yaml.Length > 0
                            && Configurations.Load(import.Yaml).Options.Tags.Count == import.Configuration.Options.Tags.Count;
                    }
                    catch (PermanentFailureException e)
                    {
                        return e.Message.Contains("no settings of the plugin", StringComparison.Ordinal);
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

    [Theory]
    [InlineData("[")]
    [InlineData("{'a':")]
    [InlineData("(1+")]
    [InlineData("-")]
    [InlineData("'a' ")]
    [InlineData("{**X,")]
    [InlineData("\n=")]
    [InlineData("X=X+X\n")]
    [InlineData("X=[X,X]\n")]
    [InlineData("X={**X,**X}\n")]
    public void Endless_repetition_ends_soon_and_takes_little(string piece)
    {
        var source = "X = {'a': 1}\nX = " + string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length));
        var begun = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();

        _ = PythonAssignments.Read(source);

        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000_000);
    }

    /// <summary>The usual file with a part taken out, doubled or put in.</summary>
    private static Gen<string> Mutated =>
        from at in Gen.Choose(0, OldFiles.Usual.Length - 1)
        from length in Gen.Choose(0, 40)
        from piece in Piece
        from kind in Gen.Choose(0, 2)
        let end = Math.Min(at + length, OldFiles.Usual.Length)
        let part = OldFiles.Usual[at..end]
        select kind switch
        {
            0 => OldFiles.Usual.Remove(at, end - at),
            1 => OldFiles.Usual.Insert(at, part),
            _ => OldFiles.Usual.Remove(at, end - at).Insert(at, piece),
        };

    private static Gen<string> Pieces => Piece.ListOf().Select(pieces => "CREATE_MARKERS = True\n" + string.Concat(pieces));

    private static Gen<string> Piece =>
        Gen.OneOf(
            Gen.Elements(
                "VLM_ENGINE_CONFIG = ",
                "VIDEO_FRAME_INTERVAL = ",
                "PATH_MUTATION = ",
                "VLM_TAGME_TAG_NAME = ",
                "OUTPUT_DATA_DIR = ",
                "CONCURRENT_TASK_LIMIT = ",
                "{'models': {'m': {'type': 'vlm_model', 'tag_list': ['a', 'A', ' ', '\\x00', 'VLM', 'x: #'], 'model_id': 5}}}",
                "'\\u2028\\ufffe'",
                "'VLM'",
                "-1e999",
                "99999999999999999999",
                "{'a': 'b', '': '', 1: 2}",
                "[",
                "]",
                "{",
                "}",
                "(",
                ")",
                ",",
                ":",
                "=",
                "\n",
                "'",
                "\"",
                "'''",
                "\\",
                "#",
                "\0",
                "\r",
                "\t",
                "😀",
                "\ud83d",
                "f'",
                "0x",
                "1e",
                "**"
            ),
            Gen.Choose(0, 0x3000).Select(code => ((char)code).ToString(CultureInfo.InvariantCulture))
        );
}

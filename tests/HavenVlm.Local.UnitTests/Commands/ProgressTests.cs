using System.Text.RegularExpressions;
using HavenVlm.Core.Common;
using HavenVlm.Local.Commands;
using HavenVlm.Local.Commands.Progress;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Local.UnitTests.Commands;

public sealed partial class ProgressTests
{
    [Fact]
    public void A_line_says_what_is_known_and_nothing_else()
    {
        Assert.Equal("preparing", ProgressText.Line(new ProgressStatus { Stage = ProgressStage.Preparing }));
        Assert.Equal(
            "analyzing, 2 of 7 scenes, 30 of 100 frames, 60 frames/min, 1 min 10 s to go: scene 3",
            ProgressText.Line(
                new ProgressStatus
                {
                    Stage = ProgressStage.Analyzing,
                    ScenesDone = 2,
                    ScenesTotal = 7,
                    FramesDone = 30,
                    FramesTotal = 100,
                    FramesPerMinute = 60,
                    EtaSeconds = 70,
                    Message = "scene 3",
                }
            )
        );
    }

    [Theory]
    [InlineData(0.4, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(61, "1 min 01 s")]
    [InlineData(3725, "1 h 02 min")]
    public void Durations_are_said_as_people_say_them(double seconds, string expected) =>
        Assert.Equal(expected, ProgressText.Duration(seconds));

    [Fact]
    public async Task In_a_log_there_is_a_line_for_each_change_of_stage_or_scenes_and_else_one_in_ten_seconds()
    {
        var time = new FakeTimeProvider();
        using var output = new StringWriter { NewLine = "\n" };
        await using var lines = new ProgressLines(new Terminal(output, TextWriter.Null, isInteractive: false), time);
        var status = new ProgressStatus { Stage = ProgressStage.Analyzing, FramesTotal = 100 };

        for (var frames = 0; frames < 25; frames++)
        {
            lines.Show(status with { FramesDone = frames });
            time.Advance(TimeSpan.FromSeconds(1));
        }

        lines.Show(status with { Stage = ProgressStage.Publishing, FramesDone = 100 });
        lines.Show(status with { Stage = ProgressStage.Publishing, FramesDone = 100 });

        Assert.Equal(
            ["analyzing, 0 of 100 frames", "analyzing, 10 of 100 frames", "analyzing, 20 of 100 frames", "publishing, 100 of 100 frames"],
            output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task The_bar_stays_on_one_line_and_keeps_its_width_however_long_the_message_is(int columns)
    {
        await using var output = new SharedOutput();
        var status = new ProgressStatus
        {
            Stage = ProgressStage.Analyzing,
            Percent = 50,
            ScenesDone = 1,
            ScenesTotal = 12,
            Message = string.Join("; ", Enumerable.Range(1, 9).Select(id => $"scene {id} analyzing 50 %")),
        };

        await using (var bar = new ProgressBar(new Terminal(output, TextWriter.Null, isInteractive: true), columns))
        {
            bar.Show(status);
            using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (!output.ToString().Contains("50%", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), deadline.Token);
            }
        }

        var lines = Escape()
            .Replace(output.ToString(), "")
            .Split('\n', '\r')
            .Where(line => line.Contains("50%", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, columns / 2, columns));
        Assert.All(lines, line => Assert.Matches("^━{12} {12} +50% .*analyzing, 1 of 12 scenes: scene 1 .*…$", line.TrimEnd()));
    }

    [Fact]
    public async Task On_a_terminal_a_bar_is_shown_and_notes_go_above_it()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, isInteractive: true);

        await using (var bar = new ProgressBar(terminal))
        {
            bar.Show(new ProgressStatus { Stage = ProgressStage.Analyzing, Percent = 50 });
            terminal.Note("a note beside the bar");
        }

        terminal.Note("a note after it");
        Assert.Contains("a note beside the bar", output.ToString(), StringComparison.Ordinal);
        Assert.Equal("a note after it\n", error.ToString());
    }

    [GeneratedRegex(@"\x1B\[[0-9;?]*[A-Za-z]", RegexOptions.None, 1000)]
    private static partial Regex Escape();

    /// <summary>Written by the bar while the test reads.</summary>
    private sealed class SharedOutput : StringWriter
    {
        private readonly Lock _gate = new();

        public override void Write(char value)
        {
            lock (_gate)
            {
                base.Write(value);
            }
        }

        public override void Write(char[] buffer, int index, int count)
        {
            lock (_gate)
            {
                base.Write(buffer, index, count);
            }
        }

        public override void Write(string? value)
        {
            lock (_gate)
            {
                base.Write(value);
            }
        }

        public override string ToString()
        {
            lock (_gate)
            {
                return base.ToString();
            }
        }
    }
}

using HavenVlm.Build.Running;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Build.UnitTests.Running;

public sealed class ScreenTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _progress = new();

    [Fact]
    public async Task Long_work_shows_dots_on_a_terminal()
    {
        var result = await Screen(isTerminal: true).WatchAsync("Building ...", () => WorkAsync(TimeSpan.FromSeconds(2), 3));

        Assert.Equal(42, result);
        Assert.Equal("Building ... ...\n", Progress());
    }

    [Fact]
    public async Task Long_work_shows_a_line_now_and_then_in_a_log()
    {
        await Screen(isTerminal: false).WatchAsync("Building ...", () => WorkAsync(TimeSpan.FromSeconds(30), 2));

        Assert.Equal("Building ...\n... 30 s\n... 60 s\n", Progress());
    }

    [Fact]
    public async Task Work_that_fails_ends_its_line_and_fails()
    {
        await Assert.ThrowsAsync<BuildException>(() =>
            Screen(isTerminal: true).WatchAsync<int>("Building ...", () => throw new BuildException("no"))
        );

        Assert.Equal("Building ... \n", Progress());
    }

    [Fact]
    public async Task A_result_begins_a_line_of_its_own_after_dots()
    {
        var screen = new Screen(_progress, _progress, isTerminal: true, _time);

        await screen.WatchAsync(
            "Testing ...",
            async () =>
            {
                await WorkAsync(TimeSpan.FromSeconds(2), 1);
                screen.Write("a test failed");
                return await WorkAsync(TimeSpan.FromSeconds(2), 1);
            }
        );
        screen.Write("1 failed");

        Assert.Equal("Testing ... .\na test failed\n.\n1 failed\n", Progress());
    }

    [Fact]
    public void Each_error_of_a_build_is_shown_once_and_without_errors_everything()
    {
        Assert.Equal(
            ["a.cs(1,1): error CS1: wrong", "b.cs(2,2): warning CS2: odd"],
            BuildErrors.Of(["  b.cs(2,2): warning CS2: odd", "Restored.", "a.cs(1,1): error CS1: wrong", "a.cs(1,1): error CS1: wrong"])
        );
        Assert.Equal(["Killed"], BuildErrors.Of(["Killed"]));
    }

    private Screen Screen(bool isTerminal) => new(TextWriter.Null, _progress, isTerminal, _time);

    private string Progress() => _progress.ToString().ReplaceLineEndings("\n");

    // The ticks come on other threads: the next step waits for the sign of the last.
    private async Task<int> WorkAsync(TimeSpan step, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            var before = _progress.ToString().Length;
            _time.Advance(step);
            while (_progress.ToString().Length == before)
            {
                await Task.Yield();
            }
        }

        return 42;
    }
}

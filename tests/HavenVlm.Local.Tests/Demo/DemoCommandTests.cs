using HavenVlm.Local.Tests.EndToEnd;

namespace HavenVlm.Local.Tests.Demo;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task The_demo_equals_the_truth_and_ends_with_exit()
    {
        await using var haven = HavenProcess.Start(Path.GetTempPath(), "demo", "--exit", "--latency", "0");
        var exitCode = await haven.ExitAsync();
        Assert.True(exitCode == 0, haven.Output);
        Assert.Contains("Everything equals the truth", haven.Output, StringComparison.Ordinal);
        Assert.Contains("VLM_Errored", haven.Output, StringComparison.Ordinal);
        Assert.Contains("6 images", haven.Output, StringComparison.Ordinal);
        Assert.Contains("the tags of each are what can be seen in it", haven.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("differs", haven.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', haven.Output);
    }

    [Fact(Explicit = true)]
    public async Task The_demo_leaves_the_server_running_until_it_is_stopped()
    {
        await using var haven = HavenProcess.Start(Path.GetTempPath(), "demo", "--stash", "old", "--replies", "plain", "--latency", "0");
        var address = await SaysAsync(haven, "The server is still running. Open ");
        using var client = new HttpClient();
        Assert.Contains(
            "simulated-1",
            await client.GetStringAsync(new Uri(new Uri(address.Split(' ')[0]), "/api/status")),
            StringComparison.Ordinal
        );
        var configuration = (await SaysAsync(haven, "Its configuration is ")).Split(". ")[0];
        Assert.True(File.Exists(configuration));
        await haven.SignalAsync("TERM");
        var exitCode = await haven.ExitAsync();
        Assert.True(exitCode == 0, haven.Output);
        Assert.False(Directory.Exists(Path.GetDirectoryName(configuration)));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri(address.Split(' ')[0])));
    }

    [Theory]
    [InlineData("--stash", "ancient")]
    [InlineData("--replies", "morse")]
    [InlineData("--errors", "2")]
    [InlineData("--slots", "0")]
    [InlineData("--latency", "soon")]
    public async Task A_wrong_choice_is_refused_before_anything_starts(string option, string value)
    {
        await using var haven = HavenProcess.Start(Path.GetTempPath(), "demo", option, value);
        Assert.Equal(2, await haven.ExitAsync());
        Assert.Contains(option, haven.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Making", haven.Output, StringComparison.Ordinal);
    }

    /// <summary>Waits for words and gives the rest of their line.</summary>
    private static async Task<string> SaysAsync(HavenProcess haven, string words)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (true)
        {
            var output = haven.Output;
            var at = output.IndexOf(words, StringComparison.Ordinal);
            if (at >= 0 && output.IndexOf('\n', at) is var end && end > 0)
            {
                return output[(at + words.Length)..end].Trim();
            }

            await Task.Delay(100, deadline.Token);
        }
    }
}

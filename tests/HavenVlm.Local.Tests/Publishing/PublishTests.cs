namespace HavenVlm.Local.Tests.Publishing;

/// <summary>What is published works on a machine that has ffmpeg and nothing of ours.</summary>
public sealed class PublishTests
{
    [Fact(Explicit = true)]
    public async Task The_published_file_runs_without_the_SDK()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The published file is started on Linux only.");
        await using var program = await PublishedProgram.PublishAsync();
        Assert.True(program.Published.ExitCode == 0, program.Published.Text);

        var version = await program.RunAsync("--version");
        Assert.True(version.ExitCode == 0, version.Text);
        Assert.Matches(@"^\d+\.\d+\.\d+", version.Text);

        // Servers that do not answer are found out, ffmpeg is found on the path.
        await File.WriteAllTextAsync(Path.Combine(program.Home, "haven.yaml"), Commands.Workplace.Minimal);
        var doctor = await program.RunAsync("doctor");
        Assert.True(doctor.ExitCode == 1, doctor.Text);
        Assert.Contains("ffmpeg", doctor.Text, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:9", doctor.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", doctor.Text, StringComparison.OrdinalIgnoreCase);

        var package = await program.RunAsync("plugin-package", "plugins");
        Assert.True(package.ExitCode == 0, package.Text);
        Assert.True(File.Exists(Path.Combine(program.Home, "plugins", "index.yml")));

        // The journal's native library, the embedded pages and the program that starts itself as a server.
        var demo = await program.RunAsync("demo", "--exit", "--latency", "0");
        Assert.True(demo.ExitCode == 0, demo.Text);
        Assert.Contains("Everything equals the truth", demo.Text, StringComparison.Ordinal);
    }
}

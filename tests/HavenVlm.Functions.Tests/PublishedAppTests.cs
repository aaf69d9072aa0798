using System.Diagnostics;
using System.Text.Json;

namespace HavenVlm.Functions.Tests;

/// <summary>What <c>dotnet publish</c> makes is all that a Functions host needs.</summary>
public sealed class PublishedAppTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haven-functions-").FullName;

    [Fact]
    public async Task The_published_app_is_complete()
    {
        var (exitCode, output) = await PublishAsync();
        Assert.True(exitCode == 0, output);

        AssertIsComplete(_folder);
    }

    [Fact]
    public void The_built_app_is_complete() => AssertIsComplete(AppContext.BaseDirectory);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void AssertIsComplete(string folder)
    {
        Assert.All(
            ["host.json", "HavenVlm.Functions.dll", "functions.metadata", "extensions.json", "worker.config.json"],
            name => Assert.True(File.Exists(Path.Combine(folder, name)), name)
        );
        using var worker = Read(folder, "worker.config.json");
        Assert.Equal("HavenVlm.Functions.dll", worker.RootElement.GetProperty("description").GetProperty("defaultWorkerPath").GetString());

        using var functions = Read(folder, "functions.metadata");
        Assert.Equal(
            FunctionTable.All.Select(function => function.Name).Order(StringComparer.Ordinal),
            functions.RootElement.EnumerateArray().Select(one => one.GetProperty("name").GetString()!).Order(StringComparer.Ordinal)
        );

        using var extensions = Read(folder, "extensions.json");
        var loaded = extensions.RootElement.GetProperty("extensions").EnumerateArray().ToList();
        Assert.Superset(
            new HashSet<string?>(["AzureStorageQueues", "DurableTask"]),
            loaded.Select(one => one.GetProperty("name").GetString()).ToHashSet()
        );
        Assert.All(
            loaded.Select(one => one.GetProperty("hintPath").GetString()!),
            path => Assert.True(File.Exists(Path.Combine(folder, path)), path)
        );
    }

    private static JsonDocument Read(string folder, string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, name)));

    private async Task<(int ExitCode, string Output)> PublishAsync()
    {
        var project = Path.Combine(Root(), "HavenVlm.Functions");
        var start = new ProcessStartInfo("dotnet", ["publish", project, "-o", _folder, "--nologo", "-v", "quiet"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // A server of the build that stays would keep the output open until it ends.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, output);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "HavenVlm.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("The tests do not run in a clone.");
    }
}

using System.Diagnostics;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Commands;

/// <summary>The script that the image starts with, run as it is; what only root can do is tested where the tests run as root.</summary>
public sealed class EntryPointTests : IDisposable
{
    private const string Report =
        "#!/bin/sh\necho \"$(id -u) $(id -g) $*\"\ntouch \"$HAVEN_CONFIG_DIR/made\"\ngrep CapEff /proc/self/status\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("haven-entry").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("1000", "1000")]
    [InlineData("4321", "8765")]
    public async Task Gives_the_config_folder_to_the_user_and_becomes_that_user(string uid, string gid)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can become another user.");
        var config = Directory.CreateDirectory(Path.Combine(_folder, "config"));
        await File.WriteAllTextAsync(Path.Combine(config.FullName, "haven.yaml"), "", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(config.FullName, "link"), Path.Combine(_folder, "outside"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "outside"), "", TestContext.Current.CancellationToken);

        var (exitCode, output, _) = await RunAsync(uid, gid, "tag", "--scene", "1");

        Assert.Equal(0, exitCode);
        Assert.Equal(
            [$"{uid} {gid} tag --scene 1", "CapEff:\t0000000000000000"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Equal(
            [$"{uid}:{gid} haven.yaml", $"{uid}:{gid} link", $"{uid}:{gid} made"],
            await OwnersAsync(config.GetFileSystemInfos().Select(entry => entry.FullName))
        );
        Assert.Equal(["0:0 outside"], await OwnersAsync([Path.Combine(_folder, "outside")]));
    }

    [Fact]
    public async Task Refuses_names_in_place_of_numbers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Anybody else stays who they are.");
        Directory.CreateDirectory(Path.Combine(_folder, "config"));

        var (exitCode, output, error) = await RunAsync("me", "1000");

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Equal("PUID and PGID are numbers, such as 1000: PUID=me PGID=1000.\n", error);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string uid, string gid, params string[] args)
    {
        var program = Path.Combine(_folder, "program.sh");
        await File.WriteAllTextAsync(program, Report);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                program,
                UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute
            );
            File.SetUnixFileMode(
                _folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute
            );
        }

        var script = Path.Combine(SourceFolder.Root, "infra", "haven-entrypoint.sh");
        var start = new ProcessStartInfo("sh", [script, .. args]);
        start.Environment["HAVEN_PROGRAM"] = program;
        start.Environment["HAVEN_CONFIG_DIR"] = Path.Combine(_folder, "config");
        start.Environment["PUID"] = uid;
        start.Environment["PGID"] = gid;
        return await RunAsync(start);
    }

    private static async Task<IReadOnlyList<string>> OwnersAsync(IEnumerable<string> paths)
    {
        var (_, output, _) = await RunAsync(new ProcessStartInfo("stat", ["-c", "%u:%g %n", .. paths.Order(StringComparer.Ordinal)]));
        return
        [
            .. output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line[..line.IndexOf(' ', StringComparison.Ordinal)] + " " + Path.GetFileName(line)),
        ];
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}

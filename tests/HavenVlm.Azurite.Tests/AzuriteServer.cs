using System.Diagnostics;
using System.Text.RegularExpressions;
using HavenVlm.Azurite.Tests;
using HavenVlm.Core.Storage;
using HavenVlm.Functions.Storage;
using HavenVlm.Functions.Storage.Artifacts;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(AzuriteServer))]
// Most of these tests wait for leases to end.
[assembly: Xunit.v3.Parallelization(MaxThreads = 12)]

namespace HavenVlm.Azurite.Tests;

/// <summary>The storage emulator of the whole test run: a process on free ports with a folder of its own that ends with the tests.</summary>
public sealed partial class AzuriteServer : IAsyncLifetime
{
    // The emulator's published account.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Ends the emulator also when the tests are killed: their end of the pipe is closed then.
    private const string Start = "process.stdin.on('end', () => process.exit()).resume(); require(process.argv[1]);";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "haven-azurite-" + Guid.NewGuid().ToString("N"));
    private Process? _process;
    private Task _output = Task.CompletedTask;

    /// <summary>The one of this run, for fixtures that are made without arguments.</summary>
    public static AzuriteServer Current { get; private set; } = null!;

    /// <summary>Whether sizes and times are those of real life (<c>HAVEN_AZURITE_FULL=1</c>), which takes minutes.</summary>
    public static bool IsFullRun => Environment.GetEnvironmentVariable("HAVEN_AZURITE_FULL") == "1";

    /// <summary>Port of the blob service.</summary>
    public int BlobPort { get; private set; }

    /// <summary>Port of the queue service.</summary>
    public int QueuePort { get; private set; }

    /// <summary>Port of the table service.</summary>
    public int TablePort { get; private set; }

    /// <summary>How to reach it.</summary>
    public string ConnectionString => ConnectionStringVia(BlobPort);

    /// <summary>How to reach its blobs through something on another port.</summary>
    public string ConnectionStringVia(int blobPort) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{blobPort}/{Account};"
        + $"QueueEndpoint=http://127.0.0.1:{QueuePort}/{Account};TableEndpoint=http://127.0.0.1:{TablePort}/{Account};";

    public async ValueTask InitializeAsync()
    {
        var script = Find();
        Directory.CreateDirectory(_folder);
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = _folder,
        };
        string[] arguments =
        [
            "-e",
            Start,
            script,
            "--location",
            _folder,
            "--blobPort",
            "0",
            "--queuePort",
            "0",
            "--tablePort",
            "0",
            "--silent",
            "--disableTelemetry",
            "--skipApiVersionCheck",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (BlobPort == 0 || QueuePort == 0 || TablePort == 0)
        {
            var line =
                await _process.StandardOutput.ReadLineAsync(deadline.Token)
                ?? throw new InvalidOperationException("The emulator ended while it was starting.");
            var listening = Listening().Match(line);
            if (listening.Success)
            {
                var port = int.Parse(listening.Groups["port"].ValueSpan);
                switch (listening.Groups["service"].Value)
                {
                    case "Blob":
                        BlobPort = port;
                        break;
                    case "Queue":
                        QueuePort = port;
                        break;
                    default:
                        TablePort = port;
                        break;
                }
            }
        }

        Current = this;
        // Read on, so that it never waits for a reader.
        _output = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            await _output;
            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A container and a queue of its own for a test.</summary>
    internal async Task<AzureStorage> NewStorageAsync(string? connectionString = null)
    {
        var storage = Open("test-" + Guid.NewGuid().ToString("N"), connectionString);
        await storage.PrepareAsync(CancellationToken.None);
        return storage;
    }

    /// <summary>Clients of their own for a container that exists, as another process has them.</summary>
    internal AzureStorage Open(string container, string? connectionString = null)
    {
        var connection = AzureStorageConnection.From(_ => connectionString ?? ConnectionString);
        connection.RetryDelay = TimeSpan.FromMilliseconds(20);
        return new AzureStorage(connection, container);
    }

    /// <summary>A store on a container.</summary>
    internal static BlobArtifactStore Store(AzureStorage storage, BlobStoreLimits? limits = null, DamageReports? damage = null) =>
        new(storage, limits ?? BlobStoreLimits.Default, TimeProvider.System, Random.Shared, NullLogger<BlobArtifactStore>.Instance, damage);

    private static string Find()
    {
        const string Inside = "node_modules/azurite/dist/src/azurite.js";
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var script = Path.Combine(folder, "artifacts", "tools", "azurite", Inside);
            if (File.Exists(script))
            {
                return script;
            }
        }

        throw new InvalidOperationException(
            "Azurite is not installed. `./haven test` installs it, with npm, into artifacts/tools/azurite."
        );
    }

    [GeneratedRegex(@"(?<service>Blob|Queue|Table) service .*listen.* http://127\.0\.0\.1:(?<port>[1-9]\d*)", RegexOptions.None, 1000)]
    private static partial Regex Listening();
}

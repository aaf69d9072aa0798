using System.Security.Cryptography;
using System.Text;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Server;

/// <summary>The keys that open the HTTP API: the configured or made one, and one for commands on this machine.</summary>
internal sealed class ServerKeys : IDisposable
{
    private const string GeneratedName = "server.key";
    private const string LocalName = "haven.local-key";

    private readonly List<byte[]> _generated = [];
    private readonly List<byte[]> _configured = [];
    private readonly string _localPath;

    private ServerKeys(string localPath) => _localPath = localPath;

    /// <summary>Whether a call needs a key. On loopback without a configured key it does not.</summary>
    public bool IsRequired { get; private init; }

    /// <summary>The file of the key that was made because none is configured; null = none was needed.</summary>
    public string? GeneratedFile { get; private init; }

    /// <summary>Makes and writes what is needed before a server listens.</summary>
    /// <exception cref="IOException">A key cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A key cannot be written.</exception>
    public static ServerKeys Prepare(ServerOptions server, bool isLoopback, string dataFolder)
    {
        var local = SecretFile.NewKey();
        var localPath = Path.Combine(dataFolder, LocalName);
        SecretFile.Write(localPath, local);
        var madeFile = server.ApiKey.Length == 0 && !isLoopback ? Path.Combine(dataFolder, GeneratedName) : null;
        var keys = new ServerKeys(localPath) { IsRequired = server.ApiKey.Length > 0 || !isLoopback, GeneratedFile = madeFile };
        keys._generated.Add(Hash(local));
        if (server.ApiKey.Length > 0)
        {
            keys._configured.Add(Hash(server.ApiKey));
        }
        else if (madeFile is not null)
        {
            keys._generated.Add(Hash(ReadOrCreate(madeFile)));
        }

        return keys;
    }

    /// <summary>The key that others need; empty = none. One that is made for a server beyond this machine is made now if it is not there yet.</summary>
    /// <exception cref="IOException">The key cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The key cannot be written.</exception>
    public static string ForOthers(ServerOptions server, bool isLoopback, string dataFolder)
    {
        if (server.ApiKey.Length > 0 || isLoopback)
        {
            return server.ApiKey;
        }

        Directory.CreateDirectory(dataFolder);
        return ReadOrCreate(Path.Combine(dataFolder, GeneratedName));
    }

    /// <summary>The key for commands on this machine that a running server left; null = there is none or it may not be read.</summary>
    public static string? ReadLocal(string dataFolder) => SecretFile.Read(Path.Combine(dataFolder, LocalName));

    /// <summary>Whether a key opens the API; takes the same time whatever the key is.</summary>
    public bool Accepts(string key) => AcceptsAsGenerated(key) | IsAmong(_configured, key);

    /// <summary>Whether it is one of the keys of 256 random bits, which nobody finds by trying; takes the same time whatever the key is.</summary>
    public bool AcceptsAsGenerated(string key) => IsAmong(_generated, key);

    /// <summary>Removes the key for commands.</summary>
    public void Dispose() => File.Delete(_localPath);

    private static bool IsAmong(List<byte[]> accepted, string key)
    {
        var hash = Hash(key);
        var opens = false;
        foreach (var each in accepted)
        {
            opens |= CryptographicOperations.FixedTimeEquals(hash, each);
        }

        return opens;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static string ReadOrCreate(string path)
    {
        if (SecretFile.Read(path) is { } known)
        {
            return known;
        }

        var made = SecretFile.NewKey();
        SecretFile.Write(path, made);
        return made;
    }
}

using System.Security.Cryptography;
using System.Text;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Server;

/// <summary>The keys that open the HTTP API: the configured or made one, and one for commands on this machine.</summary>
internal sealed class ServerKeys : IDisposable
{
    private const string MadeName = "server.key";
    private const string LocalName = "haven.local-key";

    private readonly List<byte[]> _made = [];
    private readonly List<byte[]> _chosen = [];
    private readonly string _localPath;

    private ServerKeys(string localPath) => _localPath = localPath;

    /// <summary>Whether a call needs a key. On loopback without a configured key it does not.</summary>
    public bool IsRequired { get; private init; }

    /// <summary>The file of the key that was made because none is configured; null = none was needed.</summary>
    public string? MadeFile { get; private init; }

    /// <summary>Makes and writes what is needed before a server listens.</summary>
    /// <exception cref="IOException">A key cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A key cannot be written.</exception>
    public static ServerKeys Prepare(ServerOptions server, bool isLoopback, string dataFolder)
    {
        var local = SecretFile.NewKey();
        var localPath = Path.Combine(dataFolder, LocalName);
        SecretFile.Write(localPath, local);
        var madeFile = server.ApiKey.Length == 0 && !isLoopback ? Path.Combine(dataFolder, MadeName) : null;
        var keys = new ServerKeys(localPath) { IsRequired = server.ApiKey.Length > 0 || !isLoopback, MadeFile = madeFile };
        keys._made.Add(Hash(local));
        if (server.ApiKey.Length > 0)
        {
            keys._chosen.Add(Hash(server.ApiKey));
        }
        else if (madeFile is not null)
        {
            keys._made.Add(Hash(ReadOrMake(madeFile)));
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
        return ReadOrMake(Path.Combine(dataFolder, MadeName));
    }

    /// <summary>The key for commands on this machine that a running server left; null = there is none or it may not be read.</summary>
    public static string? ReadLocal(string dataFolder) => SecretFile.Read(Path.Combine(dataFolder, LocalName));

    /// <summary>Whether a key opens the API; takes the same time whatever the key is.</summary>
    public bool Opens(string key) => OpensAsMade(key) | IsAmong(_chosen, key);

    /// <summary>Whether it is one of the keys of 256 random bits, which nobody finds by trying; takes the same time whatever the key is.</summary>
    public bool OpensAsMade(string key) => IsAmong(_made, key);

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

    private static string ReadOrMake(string path)
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

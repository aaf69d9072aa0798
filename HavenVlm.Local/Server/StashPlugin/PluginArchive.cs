using System.IO.Compression;

namespace HavenVlm.Local.Server.StashPlugin;

/// <summary>Zip files that have the same bytes whenever and wherever they are made of the same files.</summary>
internal static class PluginArchive
{
    private const int RegularFile644 = 0b1_000_000_110_100_100;

    /// <summary>Packs files. They are stored and not compressed: the compressor differs between versions of .NET.</summary>
    /// <param name="files">The files, in the order in which they are packed.</param>
    /// <param name="date">Their date.</param>
    public static byte[] Pack(IEnumerable<PluginFile> files, DateTimeOffset date)
    {
        using var buffer = new MemoryStream();
        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files)
            {
                var entry = archive.CreateEntry(file.Path, CompressionLevel.NoCompression);
                entry.LastWriteTime = date;
                entry.ExternalAttributes = RegularFile644 << 16;
                using var content = entry.Open();
                content.Write(file.Content.Span);
            }
        }

        return buffer.ToArray();
    }
}

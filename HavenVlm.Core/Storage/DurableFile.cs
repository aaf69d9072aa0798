using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HavenVlm.Core.Storage;

/// <summary>File operations that are on the disk, not only in a cache, when they return.</summary>
internal static class DurableFile
{
    // O_RDONLY | O_CLOEXEC: ffmpeg must not inherit it. The flag's value differs between the kernels.
    private static readonly int DirectoryOpenFlags = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>Creates a folder and its missing parents up to one that exists.</summary>
    public static void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        var parent = Path.GetDirectoryName(directory);
        if (parent is not null)
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(directory);
        if (parent is not null)
        {
            FlushDirectory(parent);
        }
    }

    /// <summary>Writes a new file whole.</summary>
    public static async Task WriteNewAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(
            path,
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.None,
            FileOptions.Asynchronous,
            preallocationSize: content.Length
        );
        await RandomAccess.WriteAsync(file, content, 0, cancellationToken);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Puts a finished file in place of another in one step: a reader sees the old or the new one.</summary>
    public static void Move(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(to)!);
    }

    /// <summary>Makes created, renamed and deleted entries of a folder survive a loss of power.</summary>
    public static void FlushDirectory(string directory)
    {
        // NTFS journals its entries by itself and gives no handle on a folder to flush.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = OpenDirectory(directory, DirectoryOpenFlags);
        if (descriptor < 0)
        {
            return;
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (IOException)
        {
            // Some network file systems refuse this for folders; the data itself is flushed.
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenDirectory([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HavenVlm.Core.Media.Sources;

/// <summary>
/// The one way to open a file whose path somebody else chose, such as Stash. Only a regular file with content opens: never a pipe, socket,
/// device or file of the kernel, whatever links lead to it. Opening never waits for a pipe's other end.
/// </summary>
/// <remarks>What is checked is the opened handle, so a path that changes in between gains nothing.</remarks>
internal sealed class RegularFile : IDisposable
{
    private const int PermissionDenied = 1;
    private const int NoSuchEntry = 2;
    private const int Interrupted = 4;
    private const int NoSuchDevice = 6;
    private const int AccessDenied = 13;
    private const int NoDirectory = 20;

    // O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY: flags differ between the kernels.
    private static readonly int OpenFlags = OperatingSystem.IsMacOS() ? 0x4 | 0x1000000 | 0x20000 : 0x800 | 0x80000 | 0x100;

    private static readonly string[] KernelFolders = ["/proc/", "/sys/"];

    private readonly SafeFileHandle _handle;

    private RegularFile(string path, SafeFileHandle handle, long length)
    {
        Path = path;
        _handle = handle;
        Length = length;
    }

    /// <summary>The path that was opened.</summary>
    public string Path { get; }

    /// <summary>Size in bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Whether it is longer or shorter now than when it was opened.</summary>
    public bool HasChangedSize => RandomAccess.GetLength(_handle) != Length;

    /// <summary>
    /// The size in bytes of the file that a path leads to; null = there is none that can be opened. Pipes, devices and most of the kernel's files
    /// have size 0. Opens nothing.
    /// </summary>
    public static long? SizeOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists ? target.Length : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Opens a file.</summary>
    /// <returns>The file; null = there is something, and it is empty or no regular file.</returns>
    /// <exception cref="IOException">It cannot be opened now; <see cref="FileNotFoundException"/> = there is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static RegularFile? TryOpen(string path)
    {
        // Opening a device can set something off, so what has no size is not even opened.
        if (SizeOf(path) == 0)
        {
            return null;
        }

        var handle = OpenHandle(path);
        if (handle is null)
        {
            return null;
        }

        try
        {
            if (File.GetAttributes(handle).HasFlag(FileAttributes.Directory))
            {
                throw new FileNotFoundException("It is a folder.", path);
            }

            if (LengthOf(handle) is { } length && !IsOfKernel(handle))
            {
                return new RegularFile(path, handle, length);
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Reads from an offset on; 0 = the end.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
        RandomAccess.ReadAsync(_handle, buffer, offset, cancellationToken);

    /// <summary>Reads from an offset on until the buffer is full or the file ends.</summary>
    public async ValueTask<int> ReadFullyAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        var length = 0;
        int read;
        while (length < buffer.Length && (read = await ReadAsync(buffer[length..], offset + length, cancellationToken)) > 0)
        {
            length += read;
        }

        return length;
    }

    public void Dispose() => _handle.Dispose();

    // Pipes cannot be measured, devices have no size.
    private static long? LengthOf(SafeFileHandle handle)
    {
        try
        {
            return RandomAccess.GetLength(handle) is > 0 and var length ? length : null;
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    // Some of the kernel's files claim a size. The kernel itself says what the handle is open on.
    private static bool IsOfKernel(SafeFileHandle handle) =>
        OperatingSystem.IsLinux()
        && new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget is { } opened
        && KernelFolders.Any(folder => opened.StartsWith(folder, StringComparison.Ordinal));

    private static SafeFileHandle? OpenHandle(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
        }

        int descriptor;
        var error = 0;
        do
        {
            descriptor = OpenDescriptor(path, OpenFlags);
            error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        } while (error == Interrupted);

        return error switch
        {
            0 => new SafeFileHandle(descriptor, ownsHandle: true),
            NoSuchDevice => null,
            NoSuchEntry or NoDirectory => throw new FileNotFoundException(Marshal.GetPInvokeErrorMessage(error), path),
            PermissionDenied or AccessDenied => throw new UnauthorizedAccessException(Marshal.GetPInvokeErrorMessage(error)),
            _ => throw new IOException(Marshal.GetPInvokeErrorMessage(error)),
        };
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenDescriptor([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}

using System.Runtime.CompilerServices;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Whether the data folder can be written and has room.</summary>
internal sealed class DataFolderCheck : ISystemCheck
{
    private const string Subject = "data folder";
    private const long LowSpace = 1L << 30;

    public async IAsyncEnumerable<Finding> RunAsync(HavenOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await CheckAsync(options.Storage.DataDir, cancellationToken);
    }

    private static async Task<Finding> CheckAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".doctor-{Guid.NewGuid():N}");
            await File.WriteAllTextAsync(probe, "", cancellationToken);
            File.Delete(probe);
            var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
            return free < LowSpace
                ? Finding.Warning(
                    Subject,
                    $"{folder} can be written, but only {free >> 20} MB are free. Make room, or move storage.dataDir."
                )
                : Finding.Good(Subject, $"{folder} can be written, {free >> 30} GB are free");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Failed(Subject, $"{folder} cannot be written: {e.Message} Give this user the right to, or set storage.dataDir.");
        }
    }
}

using System.Collections.Concurrent;
using HavenVlm.Core.Tests.Media;

[assembly: AssemblyFixture(typeof(MediaCorpus))]

namespace HavenVlm.Core.Tests.Media;

/// <summary>Sample files, each made when the first test asks for it, all removed after the run.</summary>
public sealed class MediaCorpus : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haven-media-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _files = new(StringComparer.Ordinal);

    /// <summary>H.264 with B-frames, 20 s, 25/s, a keyframe each 2 s.</summary>
    public Task<string> H264() =>
        Make("h264.mp4", 20, "-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "50", "-sc_threshold", "0");

    /// <summary>The path of a file with numbered pictures; the arguments choose codec and container.</summary>
    public Task<string> Make(string name, double seconds, params string[] arguments) =>
        Make(name, path => SampleVideo.MakeAsync(["-f", "lavfi", "-i", SampleVideo.Numbers(seconds), .. arguments, path]));

    /// <summary>The path of a file that is made as given.</summary>
    public Task<string> Make(string name, Func<string, Task> make)
    {
        var path = Path.Combine(_folder, name);
        return _files
            .GetOrAdd(
                name,
                _ => new Lazy<Task<string>>(async () =>
                {
                    await make(path);
                    return path;
                })
            )
            .Value;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

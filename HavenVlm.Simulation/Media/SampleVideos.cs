using System.Collections.Concurrent;

namespace HavenVlm.Simulation.Media;

/// <summary>A sample video on disk.</summary>
/// <param name="Script">What it shows.</param>
/// <param name="Path">Where it is.</param>
public sealed record SampleVideo(SampleScript Script, string Path)
{
    /// <summary>Short name.</summary>
    public string Name => Script.Name;

    /// <summary>Every tag with the stretches in which it is visible.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<SampleSpan>> Truth => Script.Truth;
}

/// <summary>Makes sample videos, each once, at most one per core at a time. A folder of its own is removed at the end.</summary>
public sealed class SampleVideos : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<SampleVideo>>> _videos = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);
    private readonly VideoEncoder _encoder;
    private readonly SampleVideoCache? _cache;
    private readonly bool _ownsFolder;

    /// <summary>Videos in a new temporary folder, or in the folder given, which then stays.</summary>
    /// <param name="folder">The folder; none = a temporary one.</param>
    /// <param name="ffmpeg">The ffmpeg program.</param>
    /// <param name="cache">A folder that keeps videos from run to run; those in it are read there and must not be changed.</param>
    public SampleVideos(string? folder = null, string ffmpeg = "ffmpeg", string? cache = null)
    {
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("haven-videos-").FullName;
        Directory.CreateDirectory(Folder);
        _encoder = new VideoEncoder(ffmpeg);
        _cache = cache is null ? null : new SampleVideoCache(cache, _encoder);
    }

    /// <summary>The folder of the videos.</summary>
    public string Folder { get; }

    /// <summary>One of <see cref="SampleScripts.All"/>, by name.</summary>
    public Task<SampleVideo> GetAsync(string name) => GetAsync(SampleScripts.Find(name));

    /// <summary>The video of any script.</summary>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or failed.</exception>
    public Task<SampleVideo> GetAsync(SampleScript script) =>
        _videos.GetOrAdd(script.Name, _ => new Lazy<Task<SampleVideo>>(() => CreateAsync(script, _stopping.Token))).Value;

    /// <summary>All of <see cref="SampleScripts.All"/>.</summary>
    public Task<SampleVideo[]> GetAllAsync() => Task.WhenAll(SampleScripts.All.Select(GetAsync));

    /// <summary>Stops what is being made and removes the folder if it is our own.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var video in _videos.Values.Where(v => v.IsValueCreated))
        {
            await video.Value.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }

        _stopping.Dispose();
        _cores.Dispose();
    }

    private async Task<SampleVideo> CreateAsync(SampleScript script, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            if (_cache is not null)
            {
                return new SampleVideo(script, await _cache.GetAsync(script, cancellationToken));
            }

            var path = Path.Combine(Folder, script.FileName);
            await _encoder.EncodeAsync(script, path, cancellationToken);
            return new SampleVideo(script, path);
        }
        finally
        {
            _cores.Release();
        }
    }
}

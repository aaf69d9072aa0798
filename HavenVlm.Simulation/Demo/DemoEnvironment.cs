using System.Security.Cryptography;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Simulation.Demo;

/// <summary>A scene of the simulated Stash and the video behind it.</summary>
/// <param name="Id">Id in Stash.</param>
/// <param name="Video">The video.</param>
public sealed record DemoScene(int Id, SampleVideo Video);

/// <summary>An image of the simulated Stash.</summary>
/// <param name="Id">Id in Stash.</param>
/// <param name="Kind">What it is, for people.</param>
/// <param name="Tags">What can be seen in it.</param>
public sealed record DemoImage(int Id, string Kind, IReadOnlyList<string> Tags);

/// <summary>
/// Everything that Haven VLM needs around it, on this machine: a simulated Stash whose library holds the sample videos, each with VLM_TagMe and one
/// with tags and a marker of its user's own, simulated model servers, and a configuration file that points at both.
/// </summary>
public sealed class DemoEnvironment : IAsyncDisposable
{
    /// <summary>The tag that the user has put on the first scene and on a marker of it.</summary>
    public const string UsersTag = "Favorite";

    /// <summary>A tag of the legend that the user already had, outside the tag family; it must be used as it is.</summary>
    public const string TagThatWasThere = "Hugging";

    // Where Stash believes the videos to be: one folder is mapped to this machine, the other can only be streamed.
    private const string MappedFolder = "/data/videos",
        RemoteFolder = "/nas/clips";

    private readonly DirectoryInfo _folder;
    private readonly SampleVideos _videos;
    private readonly List<SimulatedVlm> _vlms = [];

    private DemoEnvironment(DemoEnvironmentOptions options)
    {
        Options = options;
        _folder = Directory.CreateTempSubdirectory("haven-demo-");
        _videos = new SampleVideos(Path.Combine(_folder.FullName, "videos"), options.Ffmpeg);
    }

    /// <summary>What it was set up with.</summary>
    public DemoEnvironmentOptions Options { get; }

    /// <summary>Folder of everything, removed at the end.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The configuration file.</summary>
    public string ConfigurationFile => Path.Combine(Folder, "haven.yaml");

    /// <summary>The simulated Stash.</summary>
    public SimulatedStash Stash { get; private set; } = null!;

    /// <summary>The simulated model servers.</summary>
    public IReadOnlyList<SimulatedVlm> Vlms => _vlms;

    /// <summary>The scenes in the order of the scripts.</summary>
    public IReadOnlyList<DemoScene> Scenes { get; private set; } = [];

    /// <summary>The images, if there are any; the one with tags of its user's own first.</summary>
    public IReadOnlyList<DemoImage> Images { get; private set; } = [];

    /// <summary>Sets everything up.</summary>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or failed.</exception>
    public static async Task<DemoEnvironment> StartAsync(DemoEnvironmentOptions options, CancellationToken cancellationToken)
    {
        var demo = new DemoEnvironment(options);
        try
        {
            await demo.SetUpAsync(cancellationToken);
            return demo;
        }
        catch
        {
            await demo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends both servers and removes the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await _videos.DisposeAsync();
        foreach (var vlm in _vlms)
        {
            await vlm.DisposeAsync();
        }

        if (Stash is not null)
        {
            await Stash.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task SetUpAsync(CancellationToken cancellationToken)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        Stash = await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = Options.Version, ApiKey = key }, cancellationToken);
        for (var i = 0; i < Options.Servers; i++)
        {
            _vlms.Add(await SimulatedVlm.StartAsync(Options.Vlm with { Seed = Options.Vlm.Seed + i }));
        }

        var videos = await Task.WhenAll(Options.Scripts.Select(_videos.GetAsync)).WaitAsync(cancellationToken);
        List<DemoScene> scenes = [];
        foreach (var video in videos)
        {
            scenes.Add(new DemoScene(await AddSceneAsync(video, cancellationToken), video));
        }

        Scenes = scenes;
        AddUsersOwn();
        var tagMe = Stash.Library.EnsureTag("VLM_TagMe");
        foreach (var scene in scenes)
        {
            Stash.Library.TagScene(scene.Id, tagMe.Id);
        }

        if (Options.WithImages)
        {
            await AddImagesAsync(tagMe.Id, cancellationToken);
        }

        var configuration = DemoConfiguration.Write(
            Options,
            Stash.Address,
            key,
            _vlms.Select(v => v.BaseUrl),
            MappedFolder,
            _videos.Folder
        );
        await File.WriteAllTextAsync(ConfigurationFile, configuration, cancellationToken);
    }

    private async Task<int> AddSceneAsync(SampleVideo video, CancellationToken cancellationToken)
    {
        var script = video.Script;
        var info = new FileInfo(video.Path);
        var folder = script.Format == SampleFormat.Vp9WebM ? RemoteFolder : MappedFolder;
        var (width, height) = (script.Width, script.Height + (2 * script.BarHeight));
        var file = new StashFile(0, $"{folder}/{info.Name}", new DateTimeOffset(info.LastWriteTimeUtc))
        {
            Size = info.Length,
            ServedFrom = video.Path,
            Duration = script.Duration.TotalSeconds,
            // Stash reports a turned video as it is stored.
            Width = script.Rotation is 90 or 270 ? height : width,
            Height = script.Rotation is 90 or 270 ? width : height,
            FrameRate = script.FrameRate,
            BitRate = (int)(info.Length * 8 / script.Duration.TotalSeconds),
            Format = info.Extension.TrimStart('.'),
            VideoCodec = script.Format == SampleFormat.Vp9WebM ? "vp9" : "h264",
            AudioCodec = script.Format == SampleFormat.H264Mkv ? "aac" : "",
            Fingerprints = System.Collections.Immutable.ImmutableSortedDictionary.CreateRange([
                KeyValuePair.Create("oshash", await OsHash.OfAsync(video.Path, cancellationToken)),
            ]),
        };
        return Stash.Library.AddScene(script.Title, file).Id;
    }

    private async Task AddImagesAsync(int tagMe, CancellationToken cancellationToken)
    {
        var samples = new SampleImages(_videos.Folder, Options.Ffmpeg);
        var jpegs = await samples.DrawAsync(
            "jpg",
            [
                ["Kissing", "Waving"],
                [],
            ],
            cancellationToken
        );
        var png = (
            await samples.DrawAsync(
                "png",
                [
                    ["Dancing"],
                ],
                cancellationToken
            )
        )[0];
        var webp = (
            await samples.DrawAsync(
                "webp",
                [
                    ["Sleeping", "Hugging"],
                ],
                cancellationToken
            )
        )[0];
        DemoImage[] images =
        [
            Add(jpegs[0], MappedFolder, "a JPEG with a tag of its user's"),
            Add(jpegs[1], MappedFolder, "a JPEG that shows nothing"),
            Add(png, RemoteFolder, "a PNG that Stash delivers"),
            Add(webp, $"{RemoteFolder}/holiday.zip/inner", "a WebP in a zip file"),
            Add(await samples.DrawMovingAsync("gif", 6, "Jumping"), MappedFolder, "a GIF in a gallery"),
            Add(await samples.DrawMovingAsync("mp4", 6, "Reading"), MappedFolder, "a clip in a gallery"),
        ];
        Images = images;
        Stash.Library.TagImage(images[0].Id, Stash.Library.EnsureTag(UsersTag).Id);
        foreach (var image in images.SkipLast(2))
        {
            Stash.Library.TagImage(image.Id, tagMe);
        }

        var gallery = Stash.Library.AddGallery("Holiday", images[^2].Id, images[^1].Id);
        Stash.Library.TagGallery(gallery.Id, tagMe);

        DemoImage Add(SampleImage image, string folder, string kind) =>
            new(Stash.Library.AddImage(kind, image.ToFile($"{folder}/{Path.GetFileName(image.Path)}")).Id, kind, image.Tags);
    }

    // What must be as it is afterwards, and a tag that must be used as it is.
    private void AddUsersOwn()
    {
        var favorite = Stash.Library.AddTag(UsersTag);
        Stash.Library.AddTag(TagThatWasThere);
        Stash.Library.TagScene(Scenes[0].Id, favorite.Id);
        Stash.Library.AddMarker(Scenes[0].Id, favorite.Id, 5, title: "The best moment");
    }
}

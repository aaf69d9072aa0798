using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Tests.Reliability;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>A library with broken files before the whole program: row 6 of docs/dev/reliability.md.</summary>
public sealed class BrokenScenesTests(VideosFixture videos)
{
    private const int Row = 6;
    private const string Video = "phone";

    /// <summary>Those that are read from the stream as well in the short form: one that is whole, one that is cut, one that is none.</summary>
    private static readonly string[] Streamed = ["good.mp4", "half.mp4", "list.mp4"];

    [Fact]
    public async Task Every_broken_scene_ends_with_its_true_reason_and_the_good_ones_among_them_are_done()
    {
        await using var world = await World.CreateAsync(videos);
        var media = Directory.CreateDirectory(Path.Combine(world.Folder, "media")).FullName;
        var made = await videos.Videos.GetAsync(Video);
        var whole = Path.Combine(media, "whole.mp4");
        await CopyIndexFirstAsync(made.Path, whole);
        var bytes = await File.ReadAllBytesAsync(whole);
        var lost = bytes.ToArray();
        lost.AsSpan(lost.Length / 2).Fill(0x55);
        (string Name, byte[] Content, string? Reason)[] files =
        [
            ("good.mp4", bytes, null),
            ("called-otherwise.avi", bytes, null),
            ("half.mp4", bytes[..(bytes.Length / 2)], null),
            ("half-destroyed.mp4", lost, "frames stayed unanswered"),
            ("head.mp4", bytes[..200], "holds no "),
            ("empty.mp4", [], "an empty file"),
            ("text.mp4", "Not a film"u8.ToArray(), "it is a text"),
            ("list.mp4", "#EXTM3U\n#EXTINF:6,\nfile:///etc/hostname\n"u8.ToArray(), "a playlist"),
            ("script.mp4", "ffconcat version 1.0\nfile /etc/hostname\n"u8.ToArray(), "a concat script"),
        ];
        var scenes = new Dictionary<int, (string Name, string? Reason)>();
        foreach (var (name, content, reason) in files)
        {
            var path = Path.Combine(media, name);
            await File.WriteAllBytesAsync(path, content);
            scenes.Add(AddScene(world, path, content.Length, scenes.Count), (name, reason));
            if (!Soak.IsLong && !ReleaseTier.Runs && !Streamed.Contains(name))
            {
                continue;
            }

            // Of another size than Stash says, it is read from Stash's stream.
            scenes.Add(AddScene(world, path, content.Length + 1, scenes.Count), ($"streamed {name}", reason));
        }

        scenes.Add(AddScene(world, Path.Combine(media, "gone.mp4"), 1000, scenes.Count), ("gone.mp4", "it or its file is gone"));
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();

        var id = await world.TagAsync(address);
        var status = await world.EndedAsync($"{address}/api/instances/{id}");

        var failures = status
            .GetProperty("output")
            .GetProperty("failures")
            .EnumerateArray()
            .ToDictionary(
                each => int.Parse(each.GetProperty("sceneId").GetString()!, CultureInfo.InvariantCulture),
                each => each.GetProperty("reason").GetString()!
            );
        foreach (var (scene, (name, reason)) in scenes)
        {
            var isDone = Answers.AssertDoneOrErrored(world, status, scene);
            Assert.True(isDone == reason is null, $"{name}: {failures.GetValueOrDefault(scene, "done")}");
            Answers.AssertNothingIsMadeUp(world, scene, Video);
            if (reason is null)
            {
                Assert.NotEmpty(world.Stash.Library.MarkersOf(scene));
                if (!name.Contains("half", StringComparison.Ordinal))
                {
                    world.AssertMarkersAreTrue(scene, Video);
                }
            }
            else
            {
                Assert.Contains(reason, failures[scene], StringComparison.Ordinal);
                Assert.Empty(world.Stash.Library.MarkersOf(scene));
            }
        }

        var half = scenes.Single(scene => scene.Value.Name is "half.mp4").Key;
        var message = (await world.GetAsync($"{address}/api/instances/scene-{half}"))
            .GetProperty("output")
            .GetProperty("message")
            .GetString()!;
        Assert.Contains("nothing is known of the rest", message, StringComparison.Ordinal);
        Soak.Report(
            Row,
            "broken-scenes",
            ("scenes", scenes.Count),
            ("done", scenes.Count - failures.Count),
            ("errored with a true reason", failures.Count)
        );
    }

    private static int AddScene(World world, string path, long size, int number)
    {
        var scene = world.Stash.Library.AddScene(
            Path.GetFileName(path),
            new StashFile(0, path, DateTimeOffset.UnixEpoch)
            {
                Size = size,
                Duration = 60,
                Width = 640,
                Height = 360,
                Fingerprints = ImmutableSortedDictionary<string, string>.Empty.Add("oshash", $"{number:x16}"),
            }
        );
        world.Stash.Library.TagScene(scene.Id, world.Stash.Library.EnsureTag("VLM_TagMe").Id);
        return scene.Id;
    }

    // Cut off, such a file still says what it was.
    private static async Task CopyIndexFirstAsync(string from, string to)
    {
        using var ffmpeg = Process.Start(
            new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-i", from, "-c", "copy", "-movflags", "+faststart", to])
        )!;
        await ffmpeg.WaitForExitAsync();
        Assert.Equal(0, ffmpeg.ExitCode);
    }
}

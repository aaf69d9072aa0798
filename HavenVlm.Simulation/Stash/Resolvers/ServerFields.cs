using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>The server itself: its version, configuration, counts, saved filters and settings of its pages.</summary>
internal sealed class ServerFields(LibraryStore store, SimulatedStashOptions options)
{
    private static readonly string[] VideoExtensions =
    [
        "m4v",
        "mp4",
        "mov",
        "wmv",
        "avi",
        "mpg",
        "mpeg",
        "rmvb",
        "rm",
        "flv",
        "asf",
        "mkv",
        "webm",
        "f4v",
    ];
    private static readonly string[] ImageExtensions = ["png", "jpg", "jpeg", "gif", "webp"];
    private static readonly string[] GalleryExtensions = ["zip", "cbz"];

    private LibraryState State => store.State;

    private int DatabaseSchema => options.Version == StashVersion.Old2023 ? 49 : 75;

    public void Register(ResolverMap map)
    {
        Version(map);
        Status(map);
        Configuration(map);
        Stats(map);
        Settings(map);
        SavedFilters(map);
    }

    private void Version(ResolverMap map)
    {
        map.Add<object>("Query", "version", root => root);
        map.Add<object>(
            "Version",
            "version",
            _ =>
                options.Version switch
                {
                    StashVersion.Old2023 => "v0.22.1-29-g9f4d0af8",
                    StashVersion.New2026 => "v0.30.1-39-gcf3489ef",
                    var release => $"v0.{(int)release}.0",
                }
        );
        map.Add<object>("Version", "hash", _ => "");
        map.Add<object>(
            "Version",
            "build_time",
            _ => options.Version == StashVersion.Old2023 ? "2023-09-12 02:53:32" : "2026-01-11 07:07:53"
        );
        // The real one asks the internet, and without it the whole reply is null.
        map.Add<object>("Query", "latestversion", _ => throw new StashErrorException("latest version not found: no connection"));
        foreach (var field in new[] { "version", "shorthash", "release_date", "url" })
        {
            map.Add<object>("LatestVersion", field, _ => null);
        }
    }

    private void Status(ResolverMap map)
    {
        map.Add<object>("Query", "systemStatus", root => root);
        map.Add<object>("SystemStatus", "databaseSchema", _ => DatabaseSchema);
        map.Add<object>("SystemStatus", "appSchema", _ => DatabaseSchema);
        map.Add<object>("SystemStatus", "databasePath", _ => "/root/.stash/stash-go.sqlite");
        map.Add<object>("SystemStatus", "configPath", _ => "/root/.stash/config.yml");
        map.Add<object>("SystemStatus", "status", _ => "OK");
        map.Add<object>("SystemStatus", "os", _ => "linux");
        map.Add<object>("SystemStatus", "workingDir", _ => "/");
        map.Add<object>("SystemStatus", "homeDir", _ => "/root");
        map.Add<object>("SystemStatus", "ffmpegPath", _ => "/usr/bin/ffmpeg");
        map.Add<object>("SystemStatus", "ffprobePath", _ => "/usr/bin/ffprobe");
    }

    private void Configuration(ResolverMap map)
    {
        map.Add<object>("Query", "configuration", root => root);
        map.Add<object>("ConfigResult", "ui", _ => ResolverMap.ParseJson(State.Ui));
        map.Add<object>("ConfigResult", "general", root => root);
        map.Add<object>("ConfigResult", "plugins", (_, call) => PluginSettings(call.Arguments.Texts("include")));
        const string General = "ConfigGeneralResult";
        map.Add<object>(General, "stashes", _ => options.LibraryPaths);
        map.Add<string>("StashConfig", "path", path => path);
        map.Add<string>("StashConfig", "excludeVideo", _ => false);
        map.Add<string>("StashConfig", "excludeImage", _ => false);
        map.Add<object>(General, "apiKey", _ => options.ApiKey);
        map.Add<object>(General, "username", _ => options.ApiKey.Length > 0 ? "stash" : "");
        map.Add<object>(General, "password", _ => options.ApiKey.Length > 0 ? "*" : "");
        map.Add<object>(General, "videoExtensions", _ => VideoExtensions);
        map.Add<object>(General, "imageExtensions", _ => ImageExtensions);
        map.Add<object>(General, "galleryExtensions", _ => GalleryExtensions);
        map.Add<object>(General, "parallelTasks", _ => 1);
        map.Add<object>(General, "logLevel", _ => "Info");
        foreach (
            var (name, value) in new[]
            {
                ("databasePath", "/root/.stash/stash-go.sqlite"),
                ("generatedPath", "/generated"),
                ("configFilePath", "/root/.stash/config.yml"),
                ("pythonPath", ""),
                ("pluginsPath", "/root/.stash/plugins"),
                ("ffmpegPath", ""),
                ("ffprobePath", ""),
            }
        )
        {
            map.Add<object>(General, name, _ => value);
        }
    }

    private void Stats(ResolverMap map)
    {
        const string Result = "StatsResultType";
        map.Add<object>("Query", "stats", root => root);
        map.Add<object>(Result, "scene_count", _ => State.Scenes.Count);
        map.Add<object>(Result, "image_count", _ => State.Images.Count);
        map.Add<object>(Result, "gallery_count", _ => State.Galleries.Count);
        map.Add<object>(Result, "tag_count", _ => State.Tags.Count);
        map.Add<object>(Result, "scenes_size", _ => (double)State.Scenes.Values.Sum(scene => scene.Files.Sum(file => file.Size)));
        map.Add<object>(Result, "scenes_duration", _ => State.Scenes.Values.Sum(scene => scene.Files.FirstOrDefault()?.Duration ?? 0));
        map.Add<object>(Result, "images_size", _ => (double)State.Images.Values.Sum(image => image.Files.Sum(file => file.Size)));
        map.Add<object>(Result, "total_play_duration", _ => 0.0);
        foreach (
            var none in new[]
            {
                "performer_count",
                "studio_count",
                "movie_count",
                "group_count",
                "total_o_count",
                "total_play_count",
                "scenes_played",
            }
        )
        {
            map.Add<object>(Result, none, _ => 0);
        }
    }

    private void Settings(ResolverMap map)
    {
        map.Add<object>(
            "Mutation",
            "configureUI",
            (_, call) =>
                ChangeUi(ui =>
                {
                    var merged = call.Arguments.Object("input") is { } whole ? (JsonObject)whole.Json.DeepClone() : ui;
                    foreach (var (key, value) in call.Arguments.Object("partial")?.Json ?? [])
                    {
                        merged[key] = value?.DeepClone();
                    }

                    return merged;
                })
        );
        map.Add<object>(
            "Mutation",
            "configureUISetting",
            (_, call) =>
                ChangeUi(ui =>
                {
                    ui[call.Arguments.Text("key")!] = call.Arguments.Json["value"]?.DeepClone();
                    return ui;
                })
        );
        map.Add<object>(
            "Mutation",
            "configurePlugin",
            (_, call) =>
            {
                var settings = call.Arguments.Required("input").Json;
                store.Write(change =>
                    change.State = change.State with
                    {
                        PluginSettings = change.State.PluginSettings.SetItem(call.Arguments.Text("plugin_id")!, settings.ToJsonString()),
                    }
                );
                return settings;
            }
        );
    }

    private void SavedFilters(ResolverMap map)
    {
        map.Add<object>(
            "Mutation",
            "saveFilter",
            (_, call) =>
            {
                var input = call.Arguments.Required("input");
                return store.Write(change =>
                {
                    var filter = new StashSavedFilter(
                        input.Id("id") ?? change.NextId("saved_filters"),
                        input.Text("mode")!,
                        input.Text("name")!
                    )
                    {
                        FindFilter = input.Object("find_filter")?.Json.ToJsonString(),
                        ObjectFilter = input.Object("object_filter")?.Json.ToJsonString(),
                        UiOptions = input.Object("ui_options")?.Json.ToJsonString(),
                    };
                    change.State = change.State with { SavedFilters = change.State.SavedFilters.SetItem(filter.Id, filter) };
                    return filter;
                });
            }
        );
        map.Add<object>(
            "Mutation",
            "destroySavedFilter",
            (_, call) =>
            {
                var id = call.Arguments.Required("input").Id("id")!.Value;
                store.Write(change =>
                    change.State = change.State.SavedFilters.ContainsKey(id)
                        ? change.State with
                        {
                            SavedFilters = change.State.SavedFilters.Remove(id),
                        }
                        : throw new StashErrorException($"id {id} does not exist in saved_filters")
                );
                return true;
            }
        );
    }

    private JsonNode? ChangeUi(Func<JsonObject, JsonObject> change)
    {
        store.Write(transaction =>
            transaction.State = transaction.State with { Ui = change(JsonNode.Parse(transaction.State.Ui)!.AsObject()).ToJsonString() }
        );
        return ResolverMap.ParseJson(State.Ui);
    }

    private JsonObject PluginSettings(IReadOnlyList<string>? include)
    {
        var result = new JsonObject();
        foreach (
            var (id, settings) in State.PluginSettings.Where(pair => include is null || include.Contains(pair.Key, StringComparer.Ordinal))
        )
        {
            result[id] = JsonNode.Parse(settings);
        }

        return result;
    }
}

using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>The server itself: its version, configuration, counts, saved filters and settings of its pages.</summary>
internal sealed class ServerFields(LibraryStore store, SimulatedStashOptions options)
{
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
        map.Add<object>("SystemStatus", "status", _ => "OK");
        map.Add<object>("SystemStatus", "os", _ => "linux");
    }

    private void Configuration(ResolverMap map)
    {
        map.Add<object>("Query", "configuration", root => root);
        map.Add<object>("ConfigResult", "ui", _ => ResolverMap.ParseJson(State.Ui));
        map.Add<object>("ConfigResult", "plugins", (_, call) => PluginSettings(call.Arguments.Texts("include")));
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

using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Api;

/// <summary>Ids as callers give them: every call reads them here, so that all accept and refuse the same.</summary>
internal static class RequestIds
{
    private const int MaxIds = 200_000;

    /// <summary>The scenes of a body, each once; null = none.</summary>
    /// <exception cref="ApiException">One is no id, or there are too many.</exception>
    public static IReadOnlyList<SceneId> Scenes(IReadOnlyList<string>? ids, string name) => All<SceneId>(ids, name, "scene");

    /// <summary>The images of a body, each once; null = none.</summary>
    /// <exception cref="ApiException">One is no id, or there are too many.</exception>
    public static IReadOnlyList<ImageId> Images(IReadOnlyList<string>? ids, string name) => All<ImageId>(ids, name, "image");

    /// <summary>The one scene of a body.</summary>
    /// <exception cref="ApiException">It is no id.</exception>
    public static SceneId Scene(string id, string name) => SceneId.TryParse(id, out var scene) ? scene : throw None(id, name, "scene");

    /// <summary>The scene of a route.</summary>
    /// <exception cref="ApiException">It is no id.</exception>
    public static SceneId SceneOf(ApiRequest request) => Scene(request.Route["id"], "The address");

    private static List<T> All<T>(IReadOnlyList<string>? ids, string name, string what)
        where T : struct, ITextId<T>
    {
        if (ids is { Count: > MaxIds })
        {
            throw new ApiException(400, $"Too many {what}s", $"{name} holds {ids.Count} ids; at most {MaxIds} fit into one request.");
        }

        var known = new HashSet<T>();
        var parsed = new List<T>();
        foreach (var text in ids ?? [])
        {
            var id = T.TryParse(text, out var one) ? one : throw None(text, name, what);
            if (known.Add(id))
            {
                parsed.Add(id);
            }
        }

        return parsed;
    }

    private static ApiException None(string? id, string name, string what)
    {
        var shown = StashText.Clean(id is null ? "null" : $"\"{(id.Length > 20 ? id[..20] + "…" : id)}\"");
        return new ApiException(400, $"Not {(what[0] == 'i' ? "an" : "a")} {what} id", $"{name} holds {shown}; {StashId.Rule}.");
    }
}

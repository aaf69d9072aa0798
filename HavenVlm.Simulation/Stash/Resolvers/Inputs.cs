using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>Input objects of requests as changes of the database. A null clears a text. From v0.30 on texts are trimmed.</summary>
internal sealed class Inputs(StashVersion version)
{
    public TagInput Tag(InputObject input) =>
        new()
        {
            Name = input.Text("name"),
            SortName = Clearable(input, "sort_name"),
            Description = Clearable(input, "description"),
            Aliases = Given(input, "aliases", input.Texts),
            IgnoreAutoTag = input.Flag("ignore_auto_tag"),
            Favorite = input.Flag("favorite"),
            ParentIds = Given(input, "parent_ids", input.Ids),
            ChildIds = Given(input, "child_ids", input.Ids),
        };

    public MarkerInput Marker(InputObject input, bool bulk) =>
        new()
        {
            SceneId = input.Id("scene_id"),
            Title = Clearable(input, "title"),
            Seconds = input.Float("seconds"),
            EndSeconds = input.Float("end_seconds"),
            ClearEnd = input.IsNull("end_seconds"),
            PrimaryTagId = input.Id("primary_tag_id"),
            Tags = bulk ? input.BulkIds("tag_ids") : input.SetIds("tag_ids"),
        };

    public MediaInput Media(InputObject input, bool bulk) =>
        new()
        {
            Title = Clearable(input, "title"),
            Code = Clearable(input, "code"),
            Details = Clearable(input, "details"),
            Director = Clearable(input, "director"),
            Rating100 = input.Int("rating100"),
            Organized = input.Flag("organized"),
            Tags = bulk ? input.BulkIds("tag_ids") : input.SetIds("tag_ids"),
            Galleries = bulk ? input.BulkIds("gallery_ids") : input.SetIds("gallery_ids"),
        };

    private string? Clearable(InputObject input, string name)
    {
        var text = input.IsNull(name) ? "" : input.Text(name);
        return version >= StashVersion.Release30 ? text?.Trim() : text;
    }

    private static IReadOnlyList<T>? Given<T>(InputObject input, string name, Func<string, IReadOnlyList<T>?> read) =>
        input.Has(name) ? read(name) ?? [] : null;
}

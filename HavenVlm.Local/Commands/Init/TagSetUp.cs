using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;
using HavenVlm.Core.Diagnosis.SetUp;

namespace HavenVlm.Local.Commands.Init;

/// <summary>Chooses the first tags.</summary>
internal sealed class TagSetUp(Terminal terminal, SetUpAssistant assistant, Prompter? prompter, InitOptions options)
{
    private const int MaxShown = 20;
    private const int MaxRange = 100;

    public async Task<IReadOnlyList<(string Name, string Description)>> RunAsync(StashOptions stash, CancellationToken cancellationToken)
    {
        var given = options.Tags.Select(Read).Where(tag => tag.Name.Length > 0).ToList();
        if (given.Count > 0 || options.Unchecked)
        {
            return Distinct(given);
        }

        if (prompter is null)
        {
            throw new CommandException("--tag: give at least one tag.", ExitCode.Usage);
        }

        var known = await assistant.SuggestTagsAsync(stash, MaxShown, cancellationToken);
        for (var i = 0; i < known.Count; i++)
        {
            terminal.Print($"  {i + 1}  {known[i].Name}{(known[i].Scenes > 0 ? $" ({known[i].Scenes} scenes)" : "")}");
        }

        var question =
            known.Count > 0 ? "Which tags? Numbers from the list or names, separated by commas" : "Which tags? Names, separated by commas";
        while (true)
        {
            var tags = Distinct(Pick(await prompter.AskAsync(question, "", cancellationToken), known));
            if (tags.Count > 0)
            {
                return tags;
            }
        }
    }

    /// <summary>What was typed: names, numbers of the list, and ranges such as 2-4.</summary>
    internal static IEnumerable<(string Name, string Description)> Pick(string typed, IReadOnlyList<TagSuggestion> known)
    {
        foreach (var piece in typed.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = piece.Split('-', StringSplitOptions.TrimEntries);
            if (
                ends.Length <= 2
                && int.TryParse(ends[0], out var from)
                && int.TryParse(ends[^1], out var to)
                && from >= 1
                && to <= known.Count
            )
            {
                foreach (var tag in known.Skip(from - 1).Take(Math.Clamp(to - from + 1, 0, MaxRange)))
                {
                    yield return (tag.Name, tag.Description);
                }
            }
            else
            {
                yield return Read(piece);
            }
        }
    }

    private static (string Name, string Description) Read(string text)
    {
        var parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
        return (parts[0], parts.Length > 1 ? parts[1] : "");
    }

    private static List<(string Name, string Description)> Distinct(IEnumerable<(string Name, string Description)> tags) =>
        [.. tags.DistinctBy(tag => tag.Name, StringComparer.OrdinalIgnoreCase)];
}

using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;
using HavenVlm.Core.Diagnosis.SetUp;

namespace HavenVlm.Local.Commands.Init;

/// <summary>Finds Stash, its key, and the way to its media.</summary>
internal sealed class StashSetUp(Terminal terminal, SetUpAssistant assistant, Prompter? prompter, InitOptions options)
{
    private const int MaxAttempts = 5;

    public async Task<StashOptions> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Unchecked)
        {
            return new StashOptions
            {
                Url = Address(options.StashUrl ?? SetUpAssistant.UsualStashAddresses[0]),
                ApiKey = options.StashKey ?? "",
            };
        }

        var found = await UrlAsync(cancellationToken);
        var stash = await OpenAsync(found, cancellationToken);
        var media = await assistant.SurveyMediaAsync(stash, options.MediaFolders, cancellationToken);
        terminal.Print(media.Message);
        if (media.Mapping is not { } mapping)
        {
            return stash;
        }

        var isWanted =
            prompter is null
            || await prompter.AgreesAsync("Read the files there instead of Stash's stream?", preset: true, cancellationToken);
        return isWanted ? stash with { PathMap = [mapping] } : stash;
    }

    private async Task<string> UrlAsync(CancellationToken cancellationToken)
    {
        if (options.StashUrl is { } given)
        {
            return Address(given);
        }

        terminal.Print($"Looking for Stash at {string.Join(", ", SetUpAssistant.UsualStashAddresses)} ...");
        var found = (await assistant.FindStashAsync(cancellationToken))?.Url;
        if (prompter is not null)
        {
            return Address(await prompter.AskAsync("Address of Stash", found ?? "", cancellationToken));
        }

        return found ?? throw new CommandException("Stash is at none of the usual addresses. Say where it is with --stash-url.");
    }

    private async Task<StashOptions> OpenAsync(string url, CancellationToken cancellationToken)
    {
        var key = options.StashKey ?? "";
        for (var tries = 1; ; tries++)
        {
            var probe = await assistant.ProbeStashAsync(url, key, cancellationToken);
            if (probe.Answer == StashAnswer.Good)
            {
                terminal.Print($"Stash answers: {probe.Message}.");
                if (probe.IsOpen)
                {
                    terminal.Note(
                        "It has no password: everybody on its network, and every web page that somebody there opens, can read and change "
                            + "the library. Set one in Stash under Settings > Security."
                    );
                }

                return new StashOptions { Url = url, ApiKey = key };
            }

            if (prompter is null || tries == MaxAttempts)
            {
                var how = probe.Answer == StashAnswer.KeyMissing ? " Name a file with the key by --stash-key-file." : "";
                throw new CommandException(probe.Message + how);
            }

            terminal.Note(probe.Message);
            if (probe.Answer is StashAnswer.KeyMissing or StashAnswer.KeyRefused)
            {
                key = await prompter.AskSecretAsync("Stash's API key, from Settings > Security", cancellationToken);
            }
            else
            {
                url = Address(await prompter.AskAsync("Address of Stash", "", cancellationToken));
            }
        }
    }

    // People copy what the browser shows, or leave the scheme out.
    private static string Address(string typed)
    {
        var text = typed.Trim();
        text = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
            ? uri.GetLeftPart(UriPartial.Path).TrimEnd('/')
            : throw new CommandException($"\"{typed}\" is no address; write it like http://localhost:9999.", ExitCode.Usage);
    }
}

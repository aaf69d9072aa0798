using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;
using HavenVlm.Core.Diagnosis.SetUp;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Local.Commands.Init;

/// <summary>One run of <c>haven init</c>: everything is asked and tried first, then the file is written in one piece.</summary>
internal sealed class InitRun(CommandContext context, InitOptions options)
{
    private const string HowWithout =
        "haven init --yes --stash-url URL --stash-key-file FILE --endpoint URL --model NAME --tag NAME (keys also by --stash-key-env and "
        + "--endpoint-key-env; `haven init --help` shows all)";

    private readonly Terminal _terminal = context.Terminal;
    private readonly SetUpAssistant _assistant = new(context.Time, NullLoggerFactory.Instance);

    /// <summary>Runs it; gives the exit code.</summary>
    public async Task<int> RunAsync(string? asked, CancellationToken cancellationToken)
    {
        if (!options.Yes && !_terminal.CanAsk)
        {
            throw new CommandException($"There is no terminal for questions. Use options instead: {HowWithout}.", ExitCode.Usage);
        }

        var prompter = options.Yes ? null : new Prompter(_terminal);
        var name = ConfigurationFile.Find(asked, context.Environment, context.Folder) ?? ConfigurationFile.DefaultName;
        var path = Path.GetFullPath(Path.Combine(context.Folder, name));
        if (!await MayWriteAsync(path, prompter, cancellationToken))
        {
            _terminal.Print("Nothing was changed.");
            return ExitCode.Done;
        }

        var stash = await new StashSetUp(_terminal, _assistant, prompter, options).RunAsync(cancellationToken);
        var (endpoint, model) = await new ModelSetUp(_terminal, _assistant, prompter, options).RunAsync(stash, cancellationToken);
        var tags = await new TagSetUp(_terminal, _assistant, prompter, options).RunAsync(stash, cancellationToken);
        var draft = new ConfigurationDraft
        {
            Stash = stash,
            Endpoints = [endpoint],
            Model = model,
            Tags = tags,
        };
        var text = draft.Write();
        // A name or address that the configuration does not take is reported before anything is written.
        ConfigurationLoader.LoadText(text, name, Path.GetDirectoryName(path)!, new Dictionary<string, string>(StringComparer.Ordinal));
        cancellationToken.ThrowIfCancellationRequested();
        var kept = PrivateFile.Write(path, text);
        _terminal.Print("");
        _terminal.Print($"Written: {path}{(kept is null ? "" : $" (what was there is now {kept})")}");
        PrintNext(asked is null ? "" : $" --config {asked}");
        return ExitCode.Done;
    }

    private async Task<bool> MayWriteAsync(string path, Prompter? prompter, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new CommandException($"{path}: name a file in a folder that exists.", ExitCode.Usage);
        }

        if (!File.Exists(path) || options.Force)
        {
            return true;
        }

        return prompter is null
            ? throw new CommandException($"{path} already exists. --force overwrites it and keeps a copy.", ExitCode.Usage)
            : await prompter.AgreesAsync($"{path} already exists. Overwrite it? A copy is kept", preset: false, cancellationToken);
    }

    private void PrintNext(string config)
    {
        var haven = ContainerRuntime.IsOurs ? "docker compose exec haven haven" : "haven";
        var serve = ContainerRuntime.IsOurs ? "docker compose up -d" : $"haven serve{config}";
        _terminal.Print("What next:");
        _terminal.Print($"  {haven} doctor{config}".PadRight(56) + "checks everything from here to the model");
        _terminal.Print($"  {haven} tag --scene ID{config}".PadRight(56) + "tags one scene; its page's address has the ID");
        _terminal.Print($"  {serve}".PadRight(56) + "keeps running and processes VLM_TagMe in Stash");
    }
}

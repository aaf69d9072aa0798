using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;
using HavenVlm.Core.Diagnosis.SetUp;

namespace HavenVlm.Local.Commands.Init;

/// <summary>Finds the server of models, chooses a model and lets it look at pictures.</summary>
internal sealed class ModelSetUp(Terminal terminal, SetUpAssistant assistant, Prompter? prompter, InitOptions options)
{
    private const int MaxShown = 20;
    private const int MaxAttempts = 10;

    public async Task<(EndpointOptions Endpoint, string Model)> RunAsync(StashOptions stash, CancellationToken cancellationToken)
    {
        if (options.Unchecked)
        {
            var url =
                ServerAddress.Of(options.Endpoint ?? "")
                ?? throw new CommandException("--endpoint: name the model server.", ExitCode.Usage);
            var model = options.Model ?? throw new CommandException("--model: name the model.", ExitCode.Usage);
            return (Endpoint(url, options.EndpointKey ?? "", ""), model);
        }

        var wish = options.Endpoint;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var server = await ServerAsync(wish, stash, cancellationToken);
                return await ChooseAsync(server.Server, server.Key, cancellationToken);
            }
            catch (CommandException e) when (prompter is not null && tries < MaxAttempts)
            {
                terminal.Note(e.Message);
                wish = null;
            }
        }
    }

    private async Task<(ModelServer Server, string Key)> ServerAsync(string? wish, StashOptions stash, CancellationToken cancellationToken)
    {
        if (wish is null)
        {
            var hosts = ContainerRuntime.IsHere ? new[] { ContainerRuntime.HostName, "localhost" } : ["localhost"];
            wish = await SearchAsync([.. hosts, new Uri(stash.Url).Host], cancellationToken);
        }

        if (ServerAddress.Of(wish) is not { } url)
        {
            // A machine alone: what listens there?
            wish = await SearchAsync([wish], cancellationToken);
            url =
                ServerAddress.Of(wish)
                ?? throw new CommandException($"\"{wish}\" is no address; write it like http://192.168.1.20:1234/v1.");
        }

        await WarnAsync(url, cancellationToken);
        return await ListAsync(url, cancellationToken);
    }

    private async Task<(ModelServer Server, string Key)> ListAsync(string url, CancellationToken cancellationToken)
    {
        var key = options.EndpointKey ?? "";
        while (true)
        {
            var server = await assistant.ListModelsAsync(url, key, cancellationToken);
            if (server.Answer == ModelServerAnswer.Lists)
            {
                return (server, key);
            }

            if (server.Answer != ModelServerAnswer.KeyRefused || prompter is null)
            {
                var how = server.Answer == ModelServerAnswer.KeyRefused ? " Name a file with the key by --endpoint-key-file." : "";
                throw new CommandException($"The model server at {url} cannot be used: {server.Message.TrimEnd('.')}.{how}");
            }

            terminal.Note($"{url}: {server.Message}.");
            key = await prompter.AskSecretAsync("Key of the model server", cancellationToken);
            if (key.Length == 0)
            {
                throw new CommandException($"{url} is left alone.");
            }
        }
    }

    private async Task<string> SearchAsync(IReadOnlyList<string> hosts, CancellationToken cancellationToken)
    {
        terminal.Print(
            $"Looking for LM Studio, Ollama, llama.cpp and vLLM on {string.Join(", ", hosts.Distinct(StringComparer.Ordinal))} ..."
        );
        var found = await assistant.FindModelServersAsync(hosts, cancellationToken);
        if (prompter is null)
        {
            return (found.FirstOrDefault(server => server.Proposed is not null) ?? (found.Count > 0 ? found[0] : null))?.BaseUrl
                ?? throw new CommandException("No model server was found at the usual ports. Say where it is with --endpoint.");
        }

        for (var i = 0; i < found.Count; i++)
        {
            terminal.Print($"  {i + 1}  {found[i].Product} at {found[i].BaseUrl}, {found[i].Models.Count} models");
        }

        var question = found.Count > 0 ? "Which? A number, or the address of another machine or server" : "Address of the model server";
        var typed = await prompter.AskAsync(question, found.Count > 0 ? "1" : "", cancellationToken);
        return int.TryParse(typed, out var number) && number >= 1 && number <= found.Count ? found[number - 1].BaseUrl : typed;
    }

    private async Task<(EndpointOptions Endpoint, string Model)> ChooseAsync(
        ModelServer server,
        string key,
        CancellationToken cancellationToken
    )
    {
        var endpoint = Endpoint(server.BaseUrl, key, server.Product);
        var wish = options.Model;
        while (true)
        {
            var model = wish ?? await ModelAsync(server, cancellationToken);
            terminal.Print($"Showing {model} two pictures; the first answer may take a while, because the model has to be loaded ...");
            var settings = new HavenOptions
            {
                Vlm = new VlmOptions { Model = model, Endpoints = [endpoint] },
            };
            var finding = await assistant.TryModelAsync(settings, cancellationToken);
            terminal.Print(finding.Kind == FindingKind.Good ? finding.Message + "." : $"That did not go well. {finding.Message}");
            if (finding.Kind == FindingKind.Good)
            {
                return (endpoint, model);
            }

            if (prompter is null)
            {
                throw new CommandException("Nothing was written. Choose another with --model, or write it untried with --unchecked.");
            }

            if (await prompter.AgreesAsync("Use it nevertheless?", preset: false, cancellationToken))
            {
                return (endpoint, model);
            }

            wish = null;
        }
    }

    private async Task<string> ModelAsync(ModelServer server, CancellationToken cancellationToken)
    {
        if (server.Models.Count == 0)
        {
            throw new CommandException($"{server.BaseUrl} has no model yet: load one that sees pictures, such as qwen2.5-vl-7b-instruct.");
        }

        var proposed = server.Proposed ?? (server.Models.Count == 1 ? server.Models[0] : null);
        if (prompter is null)
        {
            return proposed
                ?? throw new CommandException(
                    $"Which of the models at {server.BaseUrl} sees pictures? Say so with --model: {string.Join(", ", server.Models.Take(MaxShown))}."
                );
        }

        terminal.Print($"Models at {server.BaseUrl}, those first whose names say that they see pictures:");
        for (var i = 0; i < Math.Min(server.Models.Count, MaxShown); i++)
        {
            terminal.Print($"  {i + 1}  {server.Models[i]}");
        }

        var typed = await prompter.AskAsync("Which? A number or a name", "1", cancellationToken);
        return int.TryParse(typed, out var number) && number >= 1 && number <= server.Models.Count ? server.Models[number - 1] : typed;
    }

    private async Task WarnAsync(string url, CancellationToken cancellationToken)
    {
        if (await EndpointPrivacy.StaysLocalAsync(url, cancellationToken))
        {
            return;
        }

        terminal.Note($"Pictures of your library will leave this network, to {new Uri(url).Host}.");
        if (prompter is not null && !await prompter.AgreesAsync("Is that what you want?", preset: false, cancellationToken))
        {
            throw new CommandException($"{url} is left alone.");
        }
    }

    private static EndpointOptions Endpoint(string url, string key, string product)
    {
        var name = product.Length > 0 ? product : new Uri(url).Host;
        return new EndpointOptions
        {
            Name = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-'),
            BaseUrl = url,
            ApiKey = key,
        };
    }
}

using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Local.Commands;
using HavenVlm.Local.Commands.Progress;
using HavenVlm.Simulation.Demo;

namespace HavenVlm.Local.Demo;

/// <summary>The demo from beginning to end: environment, server, work, comparison.</summary>
internal sealed class DemoRun(DemoSettings settings, CommandContext context)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(300);
    private readonly Terminal _terminal = context.Terminal;

    /// <summary>Runs it.</summary>
    /// <returns>0 when everything equals the truth.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        _terminal.Print("Making sample videos ...");
        await using var demo = await StartEnvironmentAsync(cancellationToken);
        _terminal.Print(
            $"A simulated Stash ({settings.Stash}) with {demo.Scenes.Count} scenes and {demo.Images.Count} images listens on {demo.Stash.Address},"
        );
        var models = string.Join(" and ", demo.Vlms.Select(v => v.BaseUrl));
        _terminal.Print($"a simulated model server that sees the pictures, on {models}.");
        var (server, address) = await ServerProcess.StartAsync(
            demo.ConfigurationFile,
            Path.Combine(demo.Folder, "haven.log"),
            cancellationToken
        );
        await using (server)
        {
            _terminal.Print(
                $"Haven VLM listens on {address.GetLeftPart(UriPartial.Authority)}. Tagging every scene and image with VLM_TagMe ..."
            );
            var isGood = await TagAsync(demo, server, address, cancellationToken);
            if (!settings.Exit)
            {
                await StayAsync(demo, server, address, cancellationToken);
            }

            return isGood ? ExitCode.Done : ExitCode.Failed;
        }
    }

    private async Task<DemoEnvironment> StartEnvironmentAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await DemoEnvironment.StartAsync(settings.ToEnvironmentOptions(), cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            throw new CommandException(e.Message);
        }
    }

    private async Task<bool> TagAsync(DemoEnvironment demo, ServerProcess server, Uri address, CancellationToken cancellationToken)
    {
        using var whileServing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var started = context.Time.GetTimestamp();
        var working = FollowAsync(address, whileServing.Token);
        if (await Task.WhenAny(working, server.Ended) != working)
        {
            await whileServing.CancelAsync();
            await working.ContinueWith(_ => { }, TaskScheduler.Default);
            throw new CommandException($"haven serve ended in the middle of the work:{Environment.NewLine}{server.LastLines()}");
        }

        var ended = await working;
        var elapsed = context.Time.GetElapsedTime(started);
        var reasons = Reasons(ended);
        var isGood = DemoReport.Print(_terminal, demo, reasons, elapsed);
        if (ended.RuntimeStatus is not nameof(RuntimeStatus.Completed))
        {
            _terminal.Note($"The request ended as {ended.RuntimeStatus}: {ended.Output}");
            return false;
        }

        return isGood;
    }

    private async Task<InstanceResponse> FollowAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new DemoClient(address);
        await using var view = ProgressView.Open(context, asJson: false);
        var scenes = await FollowAsync(client, await client.StartAsync(cancellationToken), view, cancellationToken);
        _ = await FollowAsync(client, await client.StartImagesAsync(cancellationToken), view, cancellationToken);
        return scenes;
    }

    private async Task<InstanceResponse> FollowAsync(
        DemoClient client,
        StartedResponse started,
        ProgressView view,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var instance = await client.GetAsync(started, cancellationToken);
            if (instance.CustomStatus is { ValueKind: JsonValueKind.Object } status)
            {
                view.Show(status.Deserialize<ProgressStatus>(HavenJson.Options)!);
            }

            if (
                instance.RuntimeStatus
                is nameof(RuntimeStatus.Completed)
                    or nameof(RuntimeStatus.Failed)
                    or nameof(RuntimeStatus.Terminated)
            )
            {
                return instance;
            }

            await Task.Delay(PollInterval, context.Time, cancellationToken);
        }
    }

    private static Dictionary<int, string> Reasons(InstanceResponse ended)
    {
        var output = ended.Output is { ValueKind: JsonValueKind.Object } json ? json.Deserialize<TagScenesOutput>(HavenJson.Options) : null;
        return (output?.Failures ?? []).Where(f => int.TryParse(f.SceneId, out _)).ToDictionary(f => int.Parse(f.SceneId), f => f.Reason);
    }

    private async Task StayAsync(DemoEnvironment demo, ServerProcess server, Uri address, CancellationToken cancellationToken)
    {
        _terminal.Print("");
        _terminal.Print($"The server is still running. Open {address} or ask it, for example:");
        _terminal.Print($"  curl {new Uri(address, "/api/status")}");
        _terminal.Print($"  curl {new Uri(address, $"/api/scenes/{demo.Scenes[0].Id}/timeline")}");
        _terminal.Print($"Its configuration is {demo.ConfigurationFile}. Ctrl-C ends the demo and removes everything.");
        try
        {
            await server.Ended.WaitAsync(cancellationToken);
            // Ctrl-C reaches both processes; this one may only have been slower to notice.
            if (server.ExitCode != ExitCode.Interrupted)
            {
                _terminal.Note($"haven serve ended by itself:{Environment.NewLine}{server.LastLines()}");
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // This is how the demo ends.
        }
    }
}

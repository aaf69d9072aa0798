using System.Diagnostics;
using System.Text;
using HavenVlm.Core;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Vlm.Prompting;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.StorageHost;

/// <summary>What the process can do.</summary>
internal static class Work
{
    /// <summary>Appends numbered lines one by one and says each number when the line is stored.</summary>
    public static async Task AppendAsync(
        IServiceProvider services,
        string name,
        string word,
        int count,
        CancellationToken cancellationToken
    )
    {
        var store = services.GetRequiredService<IArtifactStore>();
        for (var i = 0; i < count; i++)
        {
            await store.AppendAsync(name, Encoding.UTF8.GetBytes($"{word} {i}\n"), cancellationToken);
            Console.WriteLine(i);
        }
    }

    /// <summary>Reads a log, seals it and reads it again; says how many bytes it read each time and what memory all of it took at most.</summary>
    public static async Task SealAsync(IServiceProvider services, string name, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<IArtifactStore>();
        Console.WriteLine(await ReadAsync(store, name, cancellationToken));
        await store.SealAsync(name, cancellationToken);
        Console.WriteLine(await ReadAsync(store, name, cancellationToken));
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(process.PeakWorkingSet64);
    }

    /// <summary>Takes a lock, says so, and keeps it.</summary>
    public static async Task LockAsync(IServiceProvider services, string name, CancellationToken cancellationToken)
    {
        await using var held = await services.GetRequiredService<IArtifactStore>().LockAsync(name, cancellationToken);
        Console.WriteLine("locked");
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    /// <summary>Asks a model server through the product's own pool, so many requests at a time, and says when each was answered.</summary>
    public static async Task AskAsync(
        IServiceProvider services,
        string baseUrl,
        int maxConcurrent,
        int parallel,
        CancellationToken cancellationToken
    )
    {
        var endpoint = new EndpointOptions
        {
            Name = "shared",
            BaseUrl = baseUrl,
            MaxConcurrent = maxConcurrent,
            Timeout = TimeSpan.FromSeconds(60),
        };
        var settings = new SettingsSource(new HavenOptions { Vlm = new VlmOptions { Endpoints = [endpoint] } });
        await using var asking = new ServiceCollection()
            .AddLogging()
            .AddSingleton(settings)
            .AddSingleton(services.GetRequiredService<IEndpointSlots>())
            .AddVlm()
            .BuildServiceProvider();
        var asker = asking.GetRequiredService<PictureAsker>();
        var question = new VlmQuestion { Model = "simulated-vlm", Tags = [new VlmTag("Kissing", "")] };
        var picture = new VlmPicture(TimeSpan.Zero, await PictureAsync(cancellationToken));
        Console.WriteLine("asking");
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => AskOnAsync()));

        async Task AskOnAsync()
        {
            while (true)
            {
                try
                {
                    var answer = await asker.AskAsync(question, [picture], cancellationToken);
                    Console.WriteLine(answer[0].Reason ?? "answered");
                }
                catch (EndpointsUnavailableException e)
                {
                    Console.WriteLine(e.Message);
                    await Task.Delay(e.RetryAfter, cancellationToken);
                }
            }
        }
    }

    private static async Task<long> ReadAsync(IArtifactStore store, string name, CancellationToken cancellationToken)
    {
        await using var stream = (await store.OpenReadAsync(name, cancellationToken))!;
        var buffer = new byte[64 * 1024];
        long bytes = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            bytes += read;
        }

        return bytes;
    }

    private static async Task<byte[]> PictureAsync(CancellationToken cancellationToken)
    {
        await using var resource = typeof(EndpointPool).Assembly.GetManifestResourceStream("HavenVlm.Core.Diagnosis.red.jpg")!;
        using var content = new MemoryStream();
        await resource.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }
}

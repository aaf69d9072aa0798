using System.Globalization;
using HavenVlm.Functions.Storage;
using HavenVlm.Functions.Storage.Slots;
using HavenVlm.StorageHost;
using Microsoft.Extensions.DependencyInjection;

// Usage: HavenVlm.StorageHost CONTAINER append NAME WORD COUNT | seal NAME | lock NAME | ask BASE_URL MAX_CONCURRENT PARALLEL TURN_SECONDS |
//                            durable HUB CONFIGURATION
// The storage account comes from AzureWebJobsStorage, as in the app. Says on standard output what it did, line by line, until it is killed
// or standard input ends.
using var stop = new CancellationTokenSource();
var input = Console.In;
var watching = Task.Run(async () =>
{
    while (await input.ReadLineAsync(stop.Token) is not null)
    {
        // Only its end matters.
    }

    await stop.CancelAsync();
});

var connection = AzureStorageConnection.From(name => Environment.GetEnvironmentVariable(name.Replace(":", "__", StringComparison.Ordinal)));
var services = new ServiceCollection()
    .AddLogging()
    .AddSingleton(LeaseSlotTimes.Default with { Turn = TimeSpan.FromSeconds(args[1] == "ask" ? Number(args[5]) : 30) })
    .AddHavenAzureStorage(connection, args[0])
    .BuildServiceProvider();
await using (services)
{
    await services.GetRequiredService<AzureStorage>().PrepareAsync(stop.Token);
    try
    {
        await (
            args[1] switch
            {
                "append" => Work.AppendAsync(services, args[2], args[3], Number(args[4]), stop.Token),
                "seal" => Work.SealAsync(services, args[2], stop.Token),
                "lock" => Work.LockAsync(services, args[2], stop.Token),
                "durable" => DurableWork.RunAsync(connection, args[0], args[2], args[3], stop.Token),
                "ask" => Work.AskAsync(services, args[2], Number(args[3]), Number(args[4]), stop.Token),
                _ => throw new InvalidOperationException($"{args[1]} is no work."),
            }
        );
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        // Asked to end.
    }
}

await stop.CancelAsync();
await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
return 0;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

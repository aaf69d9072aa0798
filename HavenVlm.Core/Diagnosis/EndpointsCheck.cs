using System.Runtime.CompilerServices;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm;
using HavenVlm.Core.Vlm.Pool;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Asks every endpoint about a real picture, exactly as scenes are asked about.</summary>
internal sealed class EndpointsCheck(TimeProvider time, ILoggerFactory loggers) : ISystemCheck
{
    private const string Resource = "HavenVlm.Core.Diagnosis.red.jpg";
    private const string Seen = "Red";

    // Connecting and being told to wait come on top of the time for an answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async IAsyncEnumerable<Finding> RunAsync(HavenOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.Vlm.Endpoints.Count == 0)
        {
            yield return Finding.Failed("endpoints", "no model server is configured. Add one under vlm.endpoints.");
        }

        var picture = new VlmPicture(TimeSpan.Zero, await PictureAsync(cancellationToken));
        // All at once: one that is switched off must not make the others wait.
        var findings = options.Vlm.Endpoints.Select(endpoint => AskAsync(options, endpoint, picture, cancellationToken)).ToList();
        foreach (var finding in findings)
        {
            yield return await finding;
        }

        foreach (var endpoint in options.Vlm.Endpoints)
        {
            if (!await EndpointPrivacy.StaysLocalAsync(endpoint.BaseUrl, cancellationToken))
            {
                yield return Finding.Warning(
                    "privacy",
                    $"pictures sent to endpoint {endpoint.Name} leave this network, to {new Uri(endpoint.BaseUrl).Host}."
                );
            }
        }
    }

    private async Task<Finding> AskAsync(
        HavenOptions options,
        EndpointOptions endpoint,
        VlmPicture picture,
        CancellationToken cancellationToken
    )
    {
        var subject = $"endpoint {endpoint.Name}";
        // A pool of its own, so that this endpoint answers and no other in its place, whatever the hour.
        var alone = options.Vlm with
        {
            Endpoints = [endpoint with { Hours = "", IsFallback = false }],
            OverflowAfter = null,
        };
        var settings = new SettingsSource(options with { Vlm = alone });
        await using var pool = new EndpointPool(settings, new SemaphoreSlots(), time, Random.Shared, loggers.CreateLogger<EndpointPool>());
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(endpoint.Timeout + Patience);
        try
        {
            var answers = await new PictureAsker(pool, settings).AskAsync(Question(alone, endpoint), [picture], deadline.Token);
            return Judge(subject, endpoint, answers[0]);
        }
        catch (EndpointsUnavailableException e)
        {
            var reason = pool.Snapshot()[0].LastError ?? e.Message;
            var advice = e.NeedsUser ? "" : " Is the server on, does it listen for this machine too, and is baseUrl right?";
            return Finding.Failed(subject, $"{endpoint.BaseUrl}: {reason.TrimEnd('.')}.{advice}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Failed(
                subject,
                $"{endpoint.BaseUrl} did not answer within {endpoint.Timeout.TotalSeconds} seconds. Is the model loaded? Else make its timeout longer."
            );
        }
    }

    private static Finding Judge(string subject, EndpointOptions endpoint, PictureAnswer answer)
    {
        if (answer.Tags is not { } tags)
        {
            return Finding.Failed(subject, $"{endpoint.BaseUrl} gave no usable answer: {answer.Reason}");
        }

        var model = answer.Model.Length > 0 ? answer.Model : "a model without a name";
        var time = $"{answer.Elapsed.TotalSeconds:0.0} s";
        return tags.ContainsKey(Seen) && tags.Count == 1
            ? Finding.Good(subject, $"{model} saw the test picture in {time}")
            : Finding.Warning(
                subject,
                $"{model} answered in {time}, but did not see that the test picture is red. Is it a model that can see pictures?"
            );
    }

    private static VlmQuestion Question(VlmOptions vlm, EndpointOptions endpoint) =>
        new()
        {
            Model = endpoint.Model.Length > 0 ? endpoint.Model : vlm.Model,
            Tags = [new VlmTag(Seen, "the whole picture is red"), new VlmTag("Blue", "the whole picture is blue")],
            Prompt = vlm.Prompt,
            Selection = vlm.Selection,
            Confidence = vlm.Confidence,
            FixedConfidence = vlm.FixedConfidence,
        };

    private static async Task<byte[]> PictureAsync(CancellationToken cancellationToken)
    {
        await using var resource = typeof(EndpointsCheck).Assembly.GetManifestResourceStream(Resource)!;
        var bytes = new byte[resource.Length];
        await resource.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}

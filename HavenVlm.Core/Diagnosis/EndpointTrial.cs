using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis.SetUp;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Vlm.Prompting;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Diagnosis;

/// <summary>
/// Asks one endpoint about two pictures whose content is known, exactly as scenes are asked about: through the same client, with the
/// user's tags, pictures as large as the usual ones. A model that does not see cannot tell the two apart.
/// </summary>
internal sealed class EndpointTrial(TimeProvider time, ILoggerFactory loggers)
{
    private const string Red = "Plain red";
    private const string Blue = "Plain blue";

    // Connecting and being told to wait come on top of the time for an answer.
    private static readonly TimeSpan ExtraTime = TimeSpan.FromSeconds(10);

    /// <summary>What came of it; nothing is thrown but cancellation.</summary>
    public async Task<Finding> AskAsync(HavenOptions options, EndpointOptions endpoint, CancellationToken cancellationToken)
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
        using var deadline = new CancellationTokenSource(endpoint.Timeout + ExtraTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var advice = new EndpointAdvice(
            endpoint,
            endpoint.Model.Length > 0 ? endpoint.Model : alone.Model,
            new ModelServerFinder(time),
            ContainerRuntime.IsHere
        );
        try
        {
            var pictures = await PicturesAsync(cancellationToken);
            var answers = await new PictureAsker(pool, settings).AskAsync(Question(options, endpoint), pictures, both.Token);
            return answers.FirstOrDefault(answer => answer.Tags is null) is { } unanswered
                ? Finding.Failed(subject, await advice.UnansweredAsync(unanswered.Reason ?? "", cancellationToken))
                : Judge(subject, endpoint, answers, await advice.AcceptedAsync(cancellationToken));
        }
        catch (EndpointsUnavailableException e)
        {
            var reason = (pool.Snapshot()[0].LastError ?? e.Message).TrimEnd('.');
            return Finding.Failed(subject, await advice.UnavailableAsync(reason, e.NeedsUser, cancellationToken));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Failed(
                subject,
                $"{endpoint.BaseUrl} did not answer within {endpoint.Timeout.TotalSeconds} seconds. Is the model loaded? Else make its timeout longer."
            );
        }
    }

    private static Finding Judge(string subject, EndpointOptions endpoint, IReadOnlyList<PictureAnswer> answers, string ofName)
    {
        var first = answers[0];
        var model = first.Model.Length > 0 ? first.Model : "a model without a name";
        var seconds = $"{answers.Max(answer => answer.Elapsed).TotalSeconds:0.0} s";
        return Sees(answers[0], Red, Blue) && Sees(answers[1], Blue, Red)
            ? Finding.Good(subject, $"{model} saw the test pictures in {seconds}{ofName}{OtherNames(answers)}")
            : Finding.Failed(
                subject,
                $"{model} answered in {seconds} without seeing: it does not distinguish a red picture from a blue one. It needs a model that sees pictures: "
                    + ServerProduct.Advice(endpoint.BaseUrl, product => product.Vision)
                    + $"{ofName}."
            );
    }

    private static string OtherNames(IReadOnlyList<PictureAnswer> answers)
    {
        var names = answers.SelectMany(answer => answer.UnknownNames.Keys).Distinct(StringComparer.Ordinal).ToList();
        return names.Count == 0
            ? ""
            : $"; it also named {string.Join(", ", names)}, which is not in the list of tags (tags.<name>.aliases adopts another name of a tag)";
    }

    private static bool Sees(PictureAnswer answer, string there, string notThere) =>
        answer.Tags!.GetValueOrDefault(there) is > 0 and var sure && sure > answer.Tags!.GetValueOrDefault(notThere);

    private static VlmQuestion Question(HavenOptions options, EndpointOptions endpoint)
    {
        VlmTag[] colors = [new(Blue, "the whole picture is blue and nothing else"), new(Red, "the whole picture is red and nothing else")];
        return new VlmQuestion
        {
            Model = endpoint.Model.Length > 0 ? endpoint.Model : options.Vlm.Model,
            // With the user's own tags: whether the question fits into the model's context depends on them.
            Tags = [.. options.Tags.Select(tag => new VlmTag(tag.Key, tag.Value.Description) { Aliases = tag.Value.Aliases }), .. colors],
            Prompt = options.Vlm.Prompt,
            Selection = options.Vlm.Selection,
            Confidence = options.Vlm.Confidence,
            FixedConfidence = options.Vlm.FixedConfidence,
        };
    }

    private static async Task<IReadOnlyList<VlmPicture>> PicturesAsync(CancellationToken cancellationToken) =>
        [new VlmPicture(TimeSpan.Zero, await ReadRedAsync(cancellationToken)), ProbePicture.Value with { Time = TimeSpan.FromSeconds(2) }];

    private static async Task<byte[]> ReadRedAsync(CancellationToken cancellationToken)
    {
        await using var resource = typeof(EndpointTrial).Assembly.GetManifestResourceStream("HavenVlm.Core.Diagnosis.red.jpg")!;
        var bytes = new byte[resource.Length];
        await resource.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}

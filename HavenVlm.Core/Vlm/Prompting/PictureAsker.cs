using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Endpoints;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Vlm.Replies;

namespace HavenVlm.Core.Vlm.Prompting;

/// <summary>Asks what can be seen in pictures.</summary>
internal sealed class PictureAsker(EndpointPool pool, SettingsSource settings)
{
    private static readonly string[] BudgetNames = ["max_tokens", "max_completion_tokens", "max_new_tokens", "num_predict", "options"];

    /// <summary>
    /// Asks about pictures, <c>vlm.framesPerRequest</c> at a time, all requests at once as far as the pool has slots. What a reply leaves out
    /// is asked again picture by picture; what gets no usable answer is unanswered and says why.
    /// </summary>
    /// <param name="question">What is asked, the same for all pictures.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="cancellationToken">Gives up; requests that are out are ended.</param>
    /// <returns>One answer for each picture, in order.</returns>
    /// <exception cref="EndpointsUnavailableException">
    /// No endpoint takes requests now. Answers to other pictures of the same call are lost with it, so pass no more at once than may be asked again.
    /// </exception>
    public async Task<IReadOnlyList<PictureAnswer>> AskAsync(
        VlmQuestion question,
        IReadOnlyList<VlmPicture> pictures,
        CancellationToken cancellationToken
    )
    {
        var tags = TagNames.Of(question);
        var perRequest = Math.Max(1, settings.Current.Vlm.FramesPerRequest);
        if (pictures.Count <= perRequest)
        {
            return await AskTogetherAsync(question, tags, pictures, cancellationToken);
        }

        var answers = await Task.WhenAll(
            pictures.Chunk(perRequest).Select(chunk => AskTogetherAsync(question, tags, chunk, cancellationToken))
        );
        return [.. answers.SelectMany(each => each)];
    }

    private async Task<IReadOnlyList<PictureAnswer>> AskTogetherAsync(
        VlmQuestion question,
        TagNames tags,
        IReadOnlyList<VlmPicture> pictures,
        CancellationToken cancellationToken
    )
    {
        if (pictures.Count == 0)
        {
            return [];
        }

        var answers = await RequestAsync(question, tags, pictures, cancellationToken);
        if (pictures.Count == 1)
        {
            return answers;
        }

        var singles = answers.Select(
            async (answer, i) =>
            {
                if (answer.Tags is not null)
                {
                    return answer;
                }

                var single = (await RequestAsync(question, tags, [pictures[i]], cancellationToken))[0];
                return single with
                {
                    Requests = single.Requests + answer.Requests,
                    Tokens = single.Tokens is { } tokens ? tokens + (answer.Tokens ?? default) : answer.Tokens,
                };
            }
        );
        return await Task.WhenAll(singles);
    }

    private async Task<PictureAnswer[]> RequestAsync(
        VlmQuestion question,
        TagNames tags,
        IReadOnlyList<VlmPicture> pictures,
        CancellationToken cancellationToken
    )
    {
        var request = ToRequest(question, pictures.Count, pictures);
        var expected = new ReplyExpectation(tags, pictures.Count)
        {
            Selection = question.Selection,
            Confidence = question.Confidence,
            FixedConfidence = question.FixedConfidence,
            MaxTokens = IsBudgetOurs() ? request.MaxTokens : null,
        };
        var requests = 0;
        var spent = new TokenMeter();
        try
        {
            var answers = await pool.RunAsync(SendAsync, ProbeAsync, cancellationToken, TokensOut);
            return [.. answers.Select(answer => answer with { Tokens = ShareOf(spent) })];
        }
        catch (EndpointFailureException failure)
        {
            var unanswered = new PictureAnswer
            {
                Endpoint = failure.Endpoint,
                Requests = (double)requests / pictures.Count,
                Tokens = ShareOf(spent),
                IsRefused = failure.Kind == FailureKind.Refused,
                Reason = failure.Endpoint.Length == 0 ? failure.Message : $"{failure.Endpoint}: {failure.Message}",
            };
            return [.. Enumerable.Repeat(unanswered, pictures.Count)];
        }

        async Task ProbeAsync(PoolEndpoint endpoint, CancellationToken token)
        {
            Interlocked.Increment(ref requests);
            Count(await endpoint.Client.Value.AskAsync(ToRequest(question, 1, [ProbePicture.Value]), token));
        }

        // A reply that was of no use cost as much as any.
        void Count(ChatReply reply) => spent.Add(reply.Usage ?? default, sharedTokens: 0);

        TokenUsage? ShareOf(TokenMeter meter) => meter.Total is { } total && total != default ? total.Over(pictures.Count) : null;

        async Task<PictureAnswer[]> SendAsync(PoolEndpoint endpoint, CancellationToken token)
        {
            if (pictures.Count > 1 && endpoint.Client.Value.Capabilities.TakesOnePicture)
            {
                return await AskEachAsync(endpoint, token);
            }

            Interlocked.Increment(ref requests);
            var start = pool.Clock.Now;
            ChatReply reply;
            try
            {
                reply = await endpoint.Client.Value.AskAsync(request, token);
                Count(reply);
            }
            catch (EndpointFailureException failure) when (failure.Kind == FailureKind.TooManyPictures && pictures.Count > 1)
            {
                endpoint.Client.Value.Capabilities.LearnOnePicture();
                return await AskEachAsync(endpoint, token);
            }

            var parsed = ReplyParser.Parse(reply, expected);
            if (parsed.Failure is { } kind && pictures.Count == 1)
            {
                throw new EndpointFailureException(kind, parsed.Reason);
            }

            var answer = Common(endpoint, reply, start) with { Repaired = parsed.Repaired, Tokens = reply.Usage?.Over(pictures.Count) };
            // Of many pictures one may have spoilt the reply: they are asked one by one instead of all of them elsewhere.
            return parsed.Failure is null
                ? [.. parsed.Pictures.Select(picture => ToAnswer(answer, picture))]
                : [.. Enumerable.Repeat(answer with { Reason = parsed.Reason }, pictures.Count)];
        }

        // Where the server takes one picture per request, in the same slot one after the other.
        async Task<PictureAnswer[]> AskEachAsync(PoolEndpoint endpoint, CancellationToken token)
        {
            var answers = new List<PictureAnswer>();
            foreach (var picture in pictures)
            {
                Interlocked.Increment(ref requests);
                var start = pool.Clock.Now;
                var single = ToRequest(question, 1, [picture]);
                var reply = await endpoint.Client.Value.AskAsync(single, token);
                Count(reply);
                var parsed = ReplyParser.Parse(reply, expected with { Pictures = 1, MaxTokens = IsBudgetOurs() ? single.MaxTokens : null });
                var answer = Common(endpoint, reply, start) with { Repaired = parsed.Repaired, Tokens = reply.Usage };
                answers.Add(parsed.Failure is null ? ToAnswer(answer, parsed.Pictures[0]) : Unanswered(answer, parsed));
            }

            var share = (double)Volatile.Read(ref requests) / pictures.Count;
            return [.. answers.Select(answer => answer with { Requests = share })];
        }

        PictureAnswer Common(PoolEndpoint endpoint, ChatReply reply, TimeSpan start) =>
            new()
            {
                Model = reply.Model.Length > 0 ? reply.Model : endpoint.ModelFor(question.Model),
                Endpoint = endpoint.Options.Name,
                Elapsed = pool.Clock.Now - start,
                Requests = (double)Volatile.Read(ref requests) / pictures.Count,
            };
    }

    // What the user adds to requests may set another budget.
    private bool IsBudgetOurs() =>
        settings
            .Current.Vlm.Endpoints.Select(endpoint => endpoint.ExtraBody)
            .Append(settings.Current.Vlm.ExtraBody)
            .All(body => !body.Any(parameter => BudgetNames.Contains(parameter.Key, StringComparer.Ordinal)));

    private static double? TokensOut(PictureAnswer[] answers) =>
        answers is [{ Tokens: { Out: > 0 } each }, ..] ? each.Out * answers.Length : null;

    private static PictureAnswer Unanswered(PictureAnswer common, ParsedReply parsed) =>
        common with
        {
            Reason = parsed.Reason,
            IsRefused = parsed.Failure == FailureKind.Refused,
        };

    private static PictureAnswer ToAnswer(PictureAnswer common, PictureReading? picture) =>
        picture is null
            ? common with
            {
                Reason = "the reply left this picture out",
            }
            : common with
            {
                Tags = picture.Tags,
                Kind = picture.Kind,
                UnknownTags = picture.UnknownTags,
                UnknownNames = picture.UnknownNames,
            };

    private ChatQuestion ToRequest(VlmQuestion question, int count, IReadOnlyList<VlmPicture> pictures)
    {
        var vlm = settings.Current.Vlm;
        return new ChatQuestion
        {
            Model = question.Model,
            Instructions = Prompt.Build(question, count),
            Pictures = pictures,
            Schema = ReplySchema.Build(question, count),
            Temperature = vlm.Temperature,
            MaxTokens = vlm.MaxTokens * count,
            StructuredOutput = vlm.StructuredOutput,
            Logprobs = question.Confidence == ConfidenceKind.Logprobs,
            ExtraBody = vlm.ExtraBody,
        };
    }
}

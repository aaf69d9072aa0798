using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using HavenVlm.Simulation.Vlm.Replies;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Simulation.Vlm;

/// <summary>Answers the two calls of the API, with everything that may go wrong with them.</summary>
internal sealed class ChatService(Func<VlmBehavior> behaviorNow, VlmLog log, FaultDice dice, TimeProvider time)
{
    private readonly SlotGate _slots = new();
    private readonly SimulatedModel _model = new(dice);

    /// <summary>What befalls the next requests.</summary>
    public void Inject(IEnumerable<VlmFault> faults) => dice.Inject(faults);

    /// <summary><c>GET /v1/models</c>.</summary>
    public async Task ListModelsAsync(HttpContext context)
    {
        var behavior = behaviorNow();
        if (!HasKey(context, behavior))
        {
            await ReplyWriter.WriteErrorAsync(context, WrongKey());
            return;
        }

        JsonNode[] models =
        [
            .. behavior.Models.Select(m => new JsonObject
            {
                ["id"] = m,
                ["object"] = "model",
                ["owned_by"] = "haven-vlm",
            }),
        ];
        await ReplyWriter.WriteJsonAsync(context, 200, new JsonObject { ["object"] = "list", ["data"] = new JsonArray(models) });
    }

    /// <summary><c>POST /v1/chat/completions</c>.</summary>
    public async Task CompleteAsync(HttpContext context)
    {
        var visit = new Visit(log, _slots, behaviorNow, time.GetUtcNow());
        try
        {
            await ServeAsync(context, visit);
        }
        catch (ChatRequestException e)
        {
            visit.Exchange = visit.Exchange with { Outcome = VlmOutcome.Rejected, Status = e.Status, Reply = e.Message };
            visit.End();
            await ReplyWriter.WriteErrorAsync(context, e);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The client or the server went away; there is nobody to tell.
            visit.Break();
        }
        finally
        {
            visit.End();
        }
    }

    private async Task ServeAsync(HttpContext context, Visit visit)
    {
        var behavior = behaviorNow();
        if (!HasKey(context, behavior))
        {
            throw WrongKey();
        }

        var request = ChatRequest.Parse((await ReadBodyAsync(context, behavior)).Span);
        visit.Exchange = visit.Exchange with
        {
            Model = request.Model,
            ResponseFormat = request.ResponseFormat,
            TagsAsked = TagNames.AskedFor(request, behavior),
        };
        RequestRules.Check(request, behavior);
        if (!await visit.TakeSlotAsync(behavior, context.RequestAborted))
        {
            ReplyWriter.AddRetryAfter(context, behavior);
            throw new ChatRequestException(429, "rate_limit_exceeded", "every slot is taken, try again later");
        }

        var fault = dice.Roll(behavior.Faults);
        visit.Exchange = visit.Exchange with { Fault = fault };
        if (FaultyReplies.ReplacesReply(fault))
        {
            await FaultyReplies.SendReplacementAsync(context, visit, behavior);
        }
        else
        {
            await AnswerAsync(context, visit, request, behavior);
        }
    }

    private async Task AnswerAsync(HttpContext context, Visit visit, ChatRequest request, VlmBehavior behavior)
    {
        var exchange = visit.Exchange;
        var findings = _model.Look(request, exchange.TagsAsked, behavior, wrongly: exchange.Fault == VlmFault.WrongAnswer);
        if (behavior.Refuses is { } refuses && findings.Pictures.Any(p => p.Stamp is { } stamp && refuses(stamp)))
        {
            exchange = exchange with { Fault = behavior.RefusesBy };
            visit.Exchange = exchange;
            if (FaultyReplies.ReplacesReply(exchange.Fault))
            {
                await FaultyReplies.SendReplacementAsync(context, visit, behavior);
                return;
            }
        }

        var promptTokens = (request.Text.Length / 4) + findings.Pictures.Sum(p => p.Width * p.Height / 784);
        if (promptTokens > behavior.ContextTokens)
        {
            throw new ChatRequestException(
                400,
                "exceed_context_size_error",
                $"the request exceeds the available context size. n_prompt_tokens = {promptTokens}, n_ctx = {behavior.ContextTokens}"
            );
        }

        var completion = Completion.Of(behavior, request, exchange.TagsAsked, findings.Observations);
        await Task.Delay(dice.Latency(behavior), time, context.RequestAborted);
        completion = FaultyReplies.Corrupt(completion, exchange.Fault, exchange.Number);
        var probabilities = request.WantsLogprobs && behavior.Logprobs ? new TokenProbabilities(findings.Observations) : null;
        var body = completion.ToBody(exchange.Number, request.Model, exchange.At, promptTokens, probabilities);
        visit.Exchange = exchange with
        {
            Outcome = IsProper(exchange.Fault, completion) ? VlmOutcome.Answered : VlmOutcome.Faulted,
            Status = 200,
            Pictures = findings.Pictures,
            Reply = completion.Content is { Length: > 0 } content ? content : completion.Reasoning,
        };
        await FaultyReplies.SendAsync(context, visit, body, behavior, time);
    }

    private static bool IsProper(VlmFault fault, Completion completion) =>
        fault is VlmFault.None or VlmFault.Drip or VlmFault.WrongAnswer
        && !completion.FinishReason.Equals("length", StringComparison.Ordinal);

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext context, VlmBehavior behavior)
    {
        using var body = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 0, 0, behavior.MaxRequestBytes));
        var buffer = new byte[81920];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (body.Length + read > behavior.MaxRequestBytes)
            {
                throw new ChatRequestException(413, "request_too_large", $"the request is larger than {behavior.MaxRequestBytes} bytes");
            }

            await body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static bool HasKey(HttpContext context, VlmBehavior behavior) =>
        behavior.ApiKey.Length == 0
        || CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString()),
            Encoding.UTF8.GetBytes($"Bearer {behavior.ApiKey}")
        );

    private static ChatRequestException WrongKey() => new(401, "invalid_api_key", "Incorrect API key provided");
}

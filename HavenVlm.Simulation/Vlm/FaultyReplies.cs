using System.Text;
using System.Text.Json.Nodes;
using HavenVlm.Simulation.Vlm.Replies;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Simulation.Vlm;

/// <summary>Everything that goes wrong with replies.</summary>
internal static class FaultyReplies
{
    private const int HugeLength = 10 * 1024 * 1024;

    /// <summary>Whether a fault comes instead of an answer.</summary>
    public static bool ReplacesReply(VlmFault fault) =>
        fault is VlmFault.ServerError or VlmFault.RateLimit or VlmFault.BareRateLimit or VlmFault.Hang or VlmFault.Closed
        || ServerErrors.Of(fault, TimeSpan.Zero) is not null;

    /// <summary>Faults that come instead of an answer.</summary>
    public static async Task SendReplacementAsync(HttpContext context, Visit visit, VlmBehavior behavior)
    {
        var fault = visit.Exchange.Fault;
        if (fault == VlmFault.Hang)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }

        if (fault == VlmFault.Closed)
        {
            visit.Exchange = visit.Exchange with { Outcome = VlmOutcome.Faulted };
            visit.End();
            context.Abort();
            return;
        }

        if (ServerErrors.Of(fault, behavior.RetryAfter) is var (status, body))
        {
            visit.Exchange = visit.Exchange with { Outcome = VlmOutcome.Faulted, Status = status, Reply = body };
            visit.End();
            context.Response.StatusCode = status;
            context.Response.ContentType = body.StartsWith('<') ? "text/html" : "application/json";
            await context.Response.WriteAsync(body, context.RequestAborted);
            return;
        }

        if (fault == VlmFault.RateLimit)
        {
            ReplyWriter.AddRetryAfter(context, behavior);
        }

        var error =
            fault == VlmFault.ServerError
                ? new ChatRequestException(500, "server_error", "The server had an error while processing your request")
                : new ChatRequestException(429, "rate_limit_exceeded", "Rate limit reached, try again later");
        visit.Exchange = visit.Exchange with { Outcome = VlmOutcome.Faulted, Status = error.Status, Reply = error.Message };
        visit.End();
        await ReplyWriter.WriteErrorAsync(context, error);
    }

    /// <summary>Faults in what the model says.</summary>
    public static Completion Corrupt(Completion completion, VlmFault fault, long number) =>
        fault switch
        {
            VlmFault.Empty => new Completion(),
            VlmFault.Garbage => new Completion { Content = "%%% lorem 42 {]{ \u0007 ipsum >>> 0x00 dolor ]]" },
            VlmFault.Refusal when number % 2 == 0 => new Completion
            {
                Content = null,
                Refusal = "I'm sorry, I can't assist with that request.",
            },
            VlmFault.Refusal => new Completion { Content = "I'm sorry, but I can't help with identifying what happens in this image." },
            VlmFault.HalfJson => completion with { Content = Half(completion), Reasoning = "", FinishReason = "length" },
            VlmFault.Huge => new Completion { Content = Repeat("all work and no play ") },
            _ => completion,
        };

    /// <summary>Sends a reply, with the faults that lie in the sending.</summary>
    public static async Task SendAsync(HttpContext context, Visit visit, JsonObject body, VlmBehavior behavior, TimeProvider time)
    {
        var response = context.Response;
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        response.ContentType = "application/json";
        switch (visit.Exchange.Fault)
        {
            case VlmFault.EmptyBody:
                bytes = [];
                break;
            case VlmFault.WrongContentType:
                response.ContentType = "text/html";
                bytes = "<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>"u8.ToArray();
                break;
            case VlmFault.Reset:
                response.ContentLength = bytes.Length;
                await WriteAsync(context, bytes.AsMemory(0, bytes.Length / 2));
                visit.End();
                context.Abort();
                return;
            case VlmFault.Drip:
                foreach (var piece in bytes.Chunk(32).SkipLast(1))
                {
                    await WriteAsync(context, piece);
                    await Task.Delay(behavior.DripPause, time, context.RequestAborted);
                }

                bytes = bytes.Chunk(32).Last();
                break;
            default:
                response.ContentLength = bytes.Length;
                break;
        }

        visit.End();
        await WriteAsync(context, bytes);
    }

    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static string Half(Completion completion)
    {
        var text = completion.Content is { Length: > 0 } content ? content : completion.Reasoning;
        return text[..(text.Length / 2)];
    }

    private static string Repeat(string words)
    {
        var text = new StringBuilder(HugeLength + words.Length);
        while (text.Length < HugeLength)
        {
            text.Append(words);
        }

        return text.ToString();
    }
}

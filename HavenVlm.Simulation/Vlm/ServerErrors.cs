using System.Globalization;

namespace HavenVlm.Simulation.Vlm;

/// <summary>Errors in the very form in which servers and gateways send them.</summary>
internal static class ServerErrors
{
    /// <summary>Status and body of a fault; null = it has no form of its own.</summary>
    /// <param name="fault">Which.</param>
    /// <param name="retryAfter">The wait that is asked for, where one is.</param>
    public static (int Status, string Body)? Of(VlmFault fault, TimeSpan retryAfter) =>
        fault switch
        {
            VlmFault.ModelUnloaded => (400, """{"error":"Model is unloaded."}"""),
            VlmFault.OutOfMemory => (400, """{"error":"CUDA error: out of memory"}"""),
            VlmFault.BadGateway => (502, "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"),
            VlmFault.Moderated => (
                403,
                """
                {"error":{"message":"The chosen model requires moderation and the input was flagged","code":403,
                "metadata":{"reasons":["demo"],"flagged_input":"Label this picture","provider_name":"Demo"}}}
                """
            ),
            VlmFault.ContentFilter => (
                400,
                """
                {"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400,
                "innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"demo":{"filtered":true}}}}}
                """
            ),
            VlmFault.MinuteQuota => (
                429,
                $$$"""
                [{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.",
                "status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"{{{retryAfter.TotalSeconds.ToString(
                    CultureInfo.InvariantCulture
                )}}}s"}]}}]
                """
            ),
            _ => null,
        };
}

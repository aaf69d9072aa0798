using System.Globalization;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Api;

/// <summary>The calls under <c>/api/instances</c>.</summary>
internal sealed class InstanceCalls(InstanceViews views, InstanceControl control, InstanceRetry retry)
{
    private const string ContinuationHeader = "x-ms-continuation-token";
    private const int LongestReason = 500;

    public async Task<ApiResponse> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var id = IdOf(request);
        var instance = await views.GetAsync(id, Flag(request, "showInput"), cancellationToken) ?? throw NotFound(id);
        var ended = instance.RuntimeStatus is not ("Pending" or "Running" or "Suspended");
        var response = ApiResponse.Json(ended ? 200 : 202, instance);
        return ended ? response : response with { Headers = Links.Polling(request, id) };
    }

    public async Task<ApiResponse> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var query = new InstanceQuery
        {
            Statuses = [.. Statuses(request.QueryValue("status"))],
            Prefix = request.QueryValue("prefix"),
            From = Time(request, "from"),
            To = Time(request, "to"),
            Top = Top(request),
            Continuation = request.ContinuationToken,
            WithInput = Flag(request, "showInput"),
        };
        var (instances, continuation) = await PageAsync(query, cancellationToken);
        var response = ApiResponse.Json(200, instances);
        return continuation is null
            ? response
            : response with
            {
                Headers = new Dictionary<string, string>(StringComparer.Ordinal) { [ContinuationHeader] = continuation },
            };
    }

    private async Task<(IReadOnlyList<InstanceResponse> Instances, string? Continuation)> PageAsync(
        InstanceQuery query,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await views.ListAsync(query, cancellationToken);
        }
        catch (InvalidContinuationException e)
        {
            throw new ApiException(400, "Not a continuation token", e.Message);
        }
    }

    public Task<ApiResponse> TerminateAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ControlAsync(request, "terminate", control.TerminateAsync, cancellationToken);

    public Task<ApiResponse> SuspendAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ControlAsync(request, "suspend", control.SuspendAsync, cancellationToken);

    public Task<ApiResponse> ResumeAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ControlAsync(request, "resume", control.ResumeAsync, cancellationToken);

    public Task<ApiResponse> RetryAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ControlAsync(request, "retry", retry.RetryAsync, cancellationToken);

    public async Task<ApiResponse> PurgeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var id = IdOf(request);
        if (await control.PurgeAsync(id, cancellationToken))
        {
            return new ApiResponse { Status = 204 };
        }

        _ = await views.GetAsync(id, withInput: false, cancellationToken) ?? throw NotFound(id);
        throw new ApiException(409, "Still running", $"The instance {id} has not ended: terminate it first.");
    }

    private async Task<ApiResponse> ControlAsync(
        ApiRequest request,
        string verb,
        Func<string, string, CancellationToken, Task<bool>> action,
        CancellationToken cancellationToken
    )
    {
        var id = IdOf(request);
        var reason = request.QueryValue("reason") ?? $"{verb} asked for over HTTP";
        if (!await action(id, reason.Length > LongestReason ? reason[..LongestReason] : reason, cancellationToken))
        {
            var instance = await views.GetAsync(id, withInput: false, cancellationToken) ?? throw NotFound(id);
            throw new ApiException(410, "Not possible in this state", $"The instance {id} is {instance.RuntimeStatus}: it cannot {verb}.");
        }

        return new ApiResponse { Status = 202, Headers = Links.Polling(request, id) };
    }

    /// <summary>The instance of the route; what can be no id is the id of nothing.</summary>
    private static InstanceId IdOf(ApiRequest request) =>
        InstanceId.TryParse(request.Route["id"], out var id) ? id : throw NotFound(request.Route["id"]);

    private static ApiException NotFound(string id) =>
        new(404, "No such instance", $"There is no instance {(id.Length > 100 ? id[..100] + "…" : id)}. GET /api/instances lists them.");

    private static bool Flag(ApiRequest request, string name) =>
        request.QueryValue(name) is { } value
        && (string.Equals(value, "1", StringComparison.Ordinal) || bool.TryParse(value, out var flag) && flag);

    private static IEnumerable<RuntimeStatus> Statuses(string? text)
    {
        foreach (var name in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            yield return Enum.TryParse<RuntimeStatus>(name, ignoreCase: true, out var status)
            && Enum.IsDefined(status)
            && !char.IsDigit(name[0])
                ? status
                : throw new ApiException(
                    400,
                    "Unknown status",
                    $"status is \"{name}\"; use {string.Join(", ", Enum.GetNames<RuntimeStatus>())}."
                );
        }
    }

    private static DateTimeOffset? Time(ApiRequest request, string name)
    {
        if (request.QueryValue(name) is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new ApiException(400, "Not a time", $"{name} is \"{text}\"; use ISO 8601, for example 2026-01-31T12:00:00Z.");
    }

    private static int Top(ApiRequest request)
    {
        if (request.QueryValue("top") is not { } text)
        {
            return 100;
        }

        return int.TryParse(text, CultureInfo.InvariantCulture, out var top) && top is >= 1 and <= 1000
            ? top
            : throw new ApiException(400, "Not a page size", $"top is \"{text}\"; use a whole number from 1 to 1000.");
    }
}

using HavenVlm.Core.Analysis;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Api;

/// <summary>The calls about tags.</summary>
internal sealed class TagCalls(UnknownNameStore names, SettingsSource settings)
{
    public async Task<ApiResponse> UnknownAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ApiResponse.Json(200, new UnknownNamesResponse(await names.ReadAsync(settings.Current, cancellationToken)));
}

/// <summary>Names in replies that are no tag.</summary>
/// <param name="Names">The most frequent first; names that are a tag or an alias today are left out.</param>
public sealed record UnknownNamesResponse(IReadOnlyList<UnknownName> Names);

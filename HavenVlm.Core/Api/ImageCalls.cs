namespace HavenVlm.Core.Api;

/// <summary>The calls under <c>/api/images</c>.</summary>
internal static class ImageCalls
{
    public static async Task<ApiResponse> StartAsync(HavenService service, ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadAsync<TagImagesRequest>(cancellationToken);
        return Links.Started(request, await service.StartImagesAsync(body, cancellationToken));
    }
}

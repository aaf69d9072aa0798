using System.Globalization;
using System.Security.Cryptography;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Api;

/// <summary>Body of <c>POST /api/images/tag</c>; empty = all that carry a request tag, or are in a gallery that does.</summary>
public sealed record TagImagesRequest
{
    /// <summary>Stash's ids of images.</summary>
    public IReadOnlyList<string>? ImageIds { get; init; }

    /// <summary>Discards saved answers and asks everything again.</summary>
    public bool Force { get; init; }

    /// <summary>Writes nothing to Stash; the output lists what would be written.</summary>
    public bool DryRun { get; init; }

    /// <summary>Forgets which tags the user took off, so that they may be written again.</summary>
    public bool Reset { get; init; }
}

/// <summary>Turns calls into requests for images.</summary>
internal sealed class ImageRequests(ImageRequestStore requests, IOrchestrationClient client, TimeProvider time)
{
    /// <summary>Starts a request; returns its instance id.</summary>
    /// <exception cref="ApiException">The request cannot be understood.</exception>
    public async Task<string> StartAsync(TagImagesRequest body, CancellationToken cancellationToken)
    {
        var ids = RequestIds.Images(body.ImageIds, "imageIds");
        var token = NewToken();
        var request = new ImageRequest
        {
            ImageIds = ids.Count > 0 ? ids : null,
            ForceToken = body.Force ? token : "",
            DryRun = body.DryRun,
            Reset = body.Reset,
        };
        var id = WorkflowNames.ImagesPrefix + token;
        await requests.WriteRequestAsync(id, request, cancellationToken);
        await client.StartAsync(WorkflowNames.TagImages, id, new TagImagesInput(), cancellationToken);
        return id;
    }

    private string NewToken() =>
        time.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)
        + "-"
        + RandomNumberGenerator.GetHexString(6, lowercase: true);
}

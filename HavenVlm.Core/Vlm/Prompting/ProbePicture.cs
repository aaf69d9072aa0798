using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Prompting;

/// <summary>A plain picture as large as usual frames: with it endpoints are tried, so that no frame of a scene is spent on that.</summary>
internal static class ProbePicture
{
    private static readonly Lazy<VlmPicture> Blue = new(Read);

    public static VlmPicture Value => Blue.Value;

    private static VlmPicture Read()
    {
        using var resource = typeof(ProbePicture).Assembly.GetManifestResourceStream("HavenVlm.Core.Vlm.Prompting.blue.jpg")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return new VlmPicture(TimeSpan.Zero, bytes);
    }
}

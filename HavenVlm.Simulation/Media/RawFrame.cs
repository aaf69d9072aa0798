using FFMpegCore.Pipes;

namespace HavenVlm.Simulation.Media;

/// <summary>A frame that we drew, as ffmpeg takes it: rows of pixels without padding.</summary>
internal sealed class RawFrame(int width, int height, string format, ReadOnlyMemory<byte> pixels) : IVideoFrame
{
    /// <inheritdoc />
    public int Width => width;

    /// <inheritdoc />
    public int Height => height;

    /// <summary>ffmpeg's name of the pixel format.</summary>
    public string PixelFormat => format;

    /// <summary>A frame of the canvas as it is when the frame is written.</summary>
    public static RawFrame Of(Canvas canvas) => new(canvas.Width, canvas.Height, "rgb24", canvas.Pixels);

    /// <inheritdoc />
    public void Serialize(Stream pipe) => pipe.Write(pixels.Span);

    /// <inheritdoc />
    public Task SerializeAsync(Stream pipe, CancellationToken token) => pipe.WriteAsync(pixels, token).AsTask();
}

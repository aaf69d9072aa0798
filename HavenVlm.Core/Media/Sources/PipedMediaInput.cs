namespace HavenVlm.Core.Media.Sources;

/// <summary>A picture in memory, given to ffmpeg through its standard input.</summary>
internal sealed class PipedMediaInput(string name, ReadOnlyMemory<byte> content) : MediaInput
{
    public override string Argument => "pipe:0";

    public override string Protocols => "pipe";

    public override bool IsRemote => false;

    public override string Name => name;

    public override ReadOnlyMemory<byte> Piped => content;

    public override Task<ReadOnlyMemory<byte>> ReadAtAsync(long offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(content.Slice((int)Math.Min(offset, content.Length), (int)Math.Clamp(content.Length - offset, 0, count)));

    public override async Task CopyToAsync(IMediaSink sink, CancellationToken cancellationToken) =>
        await sink.WriteAsync(content, cancellationToken);
}

using System.Globalization;

namespace HavenVlm.Core.Media.Sources;

/// <summary>A part of a medium as if it were a file of its own. The medium stays open when it is disposed.</summary>
/// <param name="whole">The medium.</param>
/// <param name="start">Its first byte in it.</param>
/// <param name="end">The first byte behind it.</param>
internal sealed class PartMediaInput(MediaInput whole, long start, long end) : MediaInput
{
    public override string Argument => string.Create(CultureInfo.InvariantCulture, $"subfile,,start,{start},end,{end},,:{whole.Argument}");

    public override string Protocols => $"subfile,{whole.Protocols}";

    public override bool IsRemote => whole.IsRemote;

    public override string Name => whole.Name;

    public override long? Length => end - start;

    public override void CheckBeforeStart() => whole.CheckBeforeStart();

    public override Exception? TakeFailure() => whole.TakeFailure();

    public override Task<ReadOnlyMemory<byte>> ReadAtAsync(long offset, int count, CancellationToken cancellationToken) =>
        whole.ReadAtAsync(start + offset, (int)Math.Clamp(end - start - offset, 0, count), cancellationToken);

    public override Task CopyToAsync(IMediaSink sink, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Only whole media are copied.");
}

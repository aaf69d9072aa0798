using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Pictures;

/// <summary>
/// Copies the file of an image and lets through only what the reader of pictures recognizes, of bounded size: the bytes themselves are checked
/// on their way, and nothing is written before they are recognized.
/// </summary>
internal sealed class PictureCopy(string name, Stream target) : IMediaSink
{
    /// <summary>Largest clip that is copied.</summary>
    public const long LargestClip = 8L << 30;

    private readonly byte[] _head = new byte[MediaContainer.HeadLength];
    private int _headLength;
    private long? _limit;
    private long _written;

    /// <summary>Copies an image.</summary>
    /// <exception cref="MediaException">It is none that can be read, or too large.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public static async Task RunAsync(MediaInput input, Stream target, CancellationToken cancellationToken)
    {
        var copy = new PictureCopy(input.Name, target);
        await input.CopyToAsync(copy, cancellationToken);
        if (copy._limit is null)
        {
            await copy.RecognizeAsync(cancellationToken);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_limit is not null)
        {
            await PassAsync(bytes, cancellationToken);
            return;
        }

        var first = Math.Min(bytes.Length, _head.Length - _headLength);
        bytes[..first].CopyTo(_head.AsMemory(_headLength));
        _headLength += first;
        if (_headLength == _head.Length)
        {
            await RecognizeAsync(cancellationToken);
            await PassAsync(bytes[first..], cancellationToken);
        }
    }

    private async ValueTask RecognizeAsync(CancellationToken cancellationToken)
    {
        var head = _head.AsMemory(0, _headLength);
        var format = PictureReader.Recognize(name, head.Span);
        _limit = format == PictureFormat.Video ? LargestClip : PictureReader.MaxStill;
        await PassAsync(head, cancellationToken);
    }

    private async ValueTask PassAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _written += bytes.Length;
        if (_written > _limit)
        {
            throw new MediaException($"'{name}' is too large to copy: more than {_limit >> 20} MB.");
        }

        await target.WriteAsync(bytes, cancellationToken);
    }
}

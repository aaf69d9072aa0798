using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Sources;

/// <summary>Takes the bytes of a file in their order.</summary>
internal interface IMediaSink
{
    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="MediaException">They are none that it takes.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}

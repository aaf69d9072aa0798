using HavenVlm.Core.Common;

namespace HavenVlm.Core.Media.Contracts;

/// <summary>The media cannot be used and trying again will not help: it is broken, missing or not a video.</summary>
public sealed class MediaException(string message, Exception? innerException = null) : PermanentFailureException(message, innerException);

/// <summary>The media cannot be read now, but perhaps later: Stash or the network is away, or reading took too long.</summary>
public sealed class MediaUnavailableException(string message, Exception? innerException = null)
    : UnavailableException(message, innerException);

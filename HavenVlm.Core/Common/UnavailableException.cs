namespace HavenVlm.Core.Common;

/// <summary>
/// Something that Haven VLM needs is away for now: the same may work later. The message is for users and names what is away; every other
/// exception that is no <see cref="PermanentFailureException"/> is a fault of ours.
/// </summary>
public class UnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

namespace HavenVlm.Core.Common;

/// <summary>Trying again cannot help: the scene is gone, the file is broken, the settings contradict each other.</summary>
public class PermanentFailureException(string message, Exception? innerException = null) : Exception(message, innerException);
